package dev.heddle.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Whom a client believes. */
public final class ClientContext {
    private ClientContext() {}

    /** Who is certified by one of the authorities that the JDK knows. */
    public static SSLContext trustingTheUsual() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            return context;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this JDK cannot do TLS", impossible);
        }
    }

    /**
     * Who is certified by one of these certificates, or shows one of them, and nobody else.
     *
     * @param file of PEM
     * @throws TlsFileException if there is none that can be used
     */
    public static SSLContext trusting(Path file) throws TlsFileException {
        try {
            KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
            authorities.load(null, null);
            for (X509Certificate certificate : new PemFile(file, "certificate file").certificates()) {
                authorities.setCertificateEntry("authority-" + authorities.size(), certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException("this JDK cannot do TLS", impossible);
        }
    }
}
