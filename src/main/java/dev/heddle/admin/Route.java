package dev.heddle.admin;

/**
 * What answers on one path. It runs on a thread of the admin port, several at a time.
 *
 * @param access who may ask
 */
public record Route(Access access, Handler handler) {
    /** Who may ask, and how. */
    public enum Access {
        /** GET, by anybody who can connect: says nothing that matters. */
        OPEN("GET"),
        /** GET, by who is on this machine or shows the token. */
        READ("GET"),
        /** POST, by who shows the token or the secret of this run, in a header that no page of a browser can send. */
        ACT("POST");

        private final String method;

        Access(String method) {
            this.method = method;
        }

        String method() {
            return method;
        }
    }

    /** What stands behind a path. */
    public interface Handler {
        /**
         * Answers.
         *
         * @throws BadRequestException if the request makes no sense; anything else is taken for a fault of the server
         */
        Answer answer(Request request) throws Exception;
    }

    public static Route open(Handler handler) {
        return new Route(Access.OPEN, handler);
    }

    public static Route read(Handler handler) {
        return new Route(Access.READ, handler);
    }

    public static Route act(Handler handler) {
        return new Route(Access.ACT, handler);
    }
}
