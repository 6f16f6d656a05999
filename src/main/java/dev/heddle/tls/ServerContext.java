package dev.heddle.tls;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * Makes the server's side of TLS connections; any thread, and any thread changes who the server is, for the connections that
 * come after. Sessions are resumed by tickets that the client keeps; what the server has to remember is bounded by
 * {@link #SESSIONS}.
 *
 * <p>A new identity has new ticket keys, so that nobody resumes with a certificate that was replaced.
 */
public final class ServerContext implements Supplier<SSLEngine> {
    private static final int SESSIONS = 1024;
    private static final int SESSION_SECONDS = 3600;

    private record Made(Identity identity, boolean since12, SSLContext context, SSLParameters parameters) {}

    private volatile Made made;

    /** @param since12 whether TLS 1.2 is spoken, too */
    public ServerContext(Identity identity, boolean since12) {
        made = make(identity, since12);
    }

    /** Changes it for new connections. */
    public void use(Identity identity, boolean since12) {
        Made before = made;
        if (!identity.isSameAs(before.identity) || since12 != before.since12) {
            made = make(identity, since12);
        }
    }

    /** What new connections are shown. */
    public Identity identity() {
        return made.identity;
    }

    private static Made make(Identity identity, boolean since12) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new OneKey(identity)}, null, null);
            context.getServerSessionContext().setSessionCacheSize(SESSIONS);
            context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
            return new Made(identity, since12, context, parameters(context, since12));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this JDK cannot do TLS", impossible);
        }
    }

    private static SSLParameters parameters(SSLContext context, boolean since12) {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(since12 ? new String[] {"TLSv1.3", "TLSv1.2"} : new String[] {"TLSv1.3"});
        parameters.setCipherSuites(
                Arrays.stream(context.getDefaultSSLParameters().getCipherSuites())
                        .filter(ServerContext::isModern)
                        .toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        return parameters;
    }

    /** Of TLS 1.2 what keeps its secrets when the key is lost later, and authenticates what it encrypts. */
    private static boolean isModern(String suite) {
        boolean authenticated = suite.contains("_GCM_") || suite.contains("_CHACHA20_POLY1305_");
        return authenticated && (!suite.contains("_WITH_") || suite.startsWith("TLS_ECDHE_"));
    }

    @Override
    public SSLEngine get() {
        Made now = made;
        SSLEngine engine = now.context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(now.parameters);
        return engine;
    }
}
