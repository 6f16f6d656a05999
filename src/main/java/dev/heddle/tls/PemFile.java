package dev.heddle.tls;

import dev.heddle.secret.SecretFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of PEM blocks (RFC 7468), at most {@link #MOST_BYTES} long; what stands between the blocks is passed over.
 *
 * @param name what to call it in messages
 */
record PemFile(Path path, String name) {
    static final int MOST_BYTES = 256 * 1024;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,60})-----([^-]*)-----END \\1-----", Pattern.DOTALL);
    private static final String PKCS8 = "PRIVATE KEY";

    private static final class Block {
        private final String label;
        private final byte[] bytes;

        Block(String label, byte[] bytes) {
            this.label = label;
            this.bytes = bytes;
        }
    }

    /** All certificates in it, at least one, in their order. */
    List<X509Certificate> certificates() throws TlsFileException {
        List<X509Certificate> found = new ArrayList<>();
        for (Block block : blocks()) {
            if (block.label.equals("CERTIFICATE") || block.label.equals("X509 CERTIFICATE")) {
                found.add(certificate(block.bytes, found.size() + 1));
            }
        }
        if (found.isEmpty()) {
            throw wrong("there is no certificate in it (-----BEGIN CERTIFICATE-----)");
        }
        return found;
    }

    private X509Certificate certificate(byte[] bytes, int number) throws TlsFileException {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(bytes));
        } catch (CertificateException broken) {
            throw wrong("certificate " + number + " cannot be read: " + broken.getMessage());
        }
    }

    /** The one private key in it, as PKCS#8; only for its owner's eyes, or it is refused. */
    byte[] privateKey() throws TlsFileException {
        List<Block> keys =
                blocks().stream().filter(block -> block.label.endsWith(PKCS8)).toList();
        if (keys.size() != 1) {
            throw wrong("there " + (keys.isEmpty() ? "is no private key" : "are several private keys")
                    + " in it (-----BEGIN PRIVATE KEY-----)");
        }
        Block key = keys.getFirst();
        if (key.label.equals("ENCRYPTED " + PKCS8)) {
            throw wrong("its key has a password, which a server cannot type; openssl pkcs8 -in FILE takes it off");
        }
        if (!key.label.equals(PKCS8)) {
            throw wrong("its " + key.label.toLowerCase(Locale.ROOT)
                    + " has to be PKCS#8; openssl pkcs8 -topk8 -nocrypt -in FILE makes it so");
        }
        checkPermissions();
        return key.bytes;
    }

    private List<Block> blocks() throws TlsFileException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text());
        while (matcher.find()) {
            try {
                blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2))));
            } catch (IllegalArgumentException secret) {
                // Not passed on: it quotes what it was given.
                throw wrong("block " + (blocks.size() + 1) + " is not base64");
            }
        }
        return blocks;
    }

    private String text() throws TlsFileException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw wrong("longer than " + MOST_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException absent) {
            throw wrong("there is no such file");
        } catch (AccessDeniedException denied) {
            throw wrong("this user may not read it");
        } catch (IOException unreadable) {
            throw wrong(String.valueOf(unreadable.getMessage()));
        }
    }

    private void checkPermissions() throws TlsFileException {
        try {
            Optional<String> exposed = SecretFile.exposed(path);
            if (exposed.isPresent()) {
                throw wrong(exposed.get());
            }
        } catch (IOException unreadable) {
            throw wrong(String.valueOf(unreadable.getMessage()));
        }
    }

    TlsFileException wrong(String why) {
        return new TlsFileException(name + " " + path + ": " + why);
    }
}
