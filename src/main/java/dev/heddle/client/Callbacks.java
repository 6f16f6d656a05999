package dev.heddle.client;

import java.io.IOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The caller's code as the client calls it: the listener, the token source, the cursor store. The client's reader calls; any
 * thread may silence it. Holds nothing.
 *
 * <p>What that code throws is reported, and never taken for something that the network did. A {@link VirtualMachineError} is
 * passed on: after it nothing in this process can be relied on, and the client ends.
 */
final class Callbacks {
    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

    /** A call of the caller's code that is waited for, and may fail in any way. */
    @FunctionalInterface
    interface Call<T> {
        T run() throws IOException;
    }

    private final Listener listener;
    private volatile boolean silent;

    Callbacks(Listener listener) {
        this.listener = listener;
    }

    /** From now on the listener hears of nothing but the end. */
    void silence() {
        silent = true;
    }

    boolean isSilent() {
        return silent;
    }

    /**
     * Hands over a message.
     *
     * @return whether the listener has had it and returned
     * @throws CallbackException what the listener threw; the message is not dealt with
     */
    boolean message(Delivery delivery) throws CallbackException {
        if (silent) {
            return false;
        }
        try {
            listener.onMessage(delivery);
            return true;
        } catch (Throwable thrown) {
            throw failure("the listener", thrown);
        } finally {
            forgetInterrupt();
        }
    }

    /** Tells the listener what is no message; if that fails, nothing is to be repeated. */
    void tell(Consumer<Listener> call) {
        if (!silent) {
            tellInAnyCase(call);
        }
    }

    void tellInAnyCase(Consumer<Listener> call) {
        try {
            call.accept(listener);
        } catch (Throwable thrown) {
            report(thrown);
        } finally {
            forgetInterrupt();
        }
    }

    /**
     * Calls the token source or the cursor store.
     *
     * @param what its name, for people
     * @throws IOException as it says, or a {@link CallbackException} if it threw anything else
     */
    <T> T ask(String what, Call<T> call) throws IOException {
        try {
            return call.run();
        } catch (IOException said) {
            throw said;
        } catch (Throwable thrown) {
            throw failure(what, thrown);
        } finally {
            forgetInterrupt();
        }
    }

    private CallbackException failure(String what, Throwable thrown) {
        report(thrown);
        return new CallbackException(what, thrown);
    }

    /** Tells the listener's own hook, which may fail as well. */
    void report(Throwable thrown) {
        if (thrown instanceof VirtualMachineError broken) {
            throw broken;
        }
        try {
            listener.onFailure(thrown);
        } catch (VirtualMachineError broken) {
            throw broken;
        } catch (Throwable again) {
            LOG.warn("the hook for failures failed, by {}, as it was told", again.toString(), thrown);
        }
    }

    /** An interrupt that the caller's code left behind would end the next read; the client is ended by close() alone. */
    private static void forgetInterrupt() {
        Thread.interrupted();
    }
}
