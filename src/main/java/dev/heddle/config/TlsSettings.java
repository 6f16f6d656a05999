package dev.heddle.config;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Where clients connect over TLS, and what the server shows them.
 *
 * @param port 0 being any free one; empty: there is none
 * @param bind address to listen on
 * @param certificate of PEM, the server's own first; read only if there is a port
 * @param key of PEM
 * @param since12 whether TLS 1.2 is spoken, too
 */
public record TlsSettings(OptionalInt port, String bind, Path certificate, Path key, boolean since12) {
    private static final Setting<OptionalInt> PORT =
            Setting.of("tls.port", Kind.portOrOff(), "off").means("port for TLS, 7443 as a rule; 0: any free one");
    private static final Setting<String> BIND =
            Setting.of("tls.bind", Kind.text(), "127.0.0.1").means("address to listen on for TLS");
    private static final Setting<Path> CERTIFICATE = Setting.of("tls.certificate", Kind.path(), "tls.crt")
            .means("the server's certificate, and those it was signed by behind it (PEM); a reload reads it again")
            .reloadable();
    private static final Setting<Path> KEY = Setting.of("tls.key", Kind.path(), "tls.key")
            .means("its private key (PEM, PKCS#8, without a password): RSA, EC or Ed25519; a reload reads it again")
            .reloadable();
    private static final Setting<Boolean> SINCE_12 = Setting.of("tls.minimum", Kind.tlsVersion(), "1.3")
            .means("oldest version of TLS that is spoken")
            .reloadable();

    static final Area AREA = Area.of("Where clients connect over TLS", PORT, BIND, CERTIFICATE, KEY, SINCE_12);

    static TlsSettings of(Values values) {
        OptionalInt port = values.get(PORT);
        if (port.isEmpty() && values.get(ListenSettings.PORT).isEmpty()) {
            throw values.wrong(ListenSettings.PORT, "tls.port is off, too, so nobody could connect");
        }
        return new TlsSettings(port, values.get(BIND), values.get(CERTIFICATE), values.get(KEY), values.get(SINCE_12));
    }

    /** Whether there is a port for it. */
    public boolean isOn() {
        return port.isPresent();
    }
}
