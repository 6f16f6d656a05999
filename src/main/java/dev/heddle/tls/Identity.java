package dev.heddle.tls;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who a server is: a chain of certificates, its own first, and the private key of that one. Immutable; made only of a key that
 * fits, and a chain in which each certificate is signed by the next.
 */
public final class Identity {
    private final PemFile source;
    private final List<X509Certificate> chain;
    private final PrivateKey key;

    private Identity(PemFile source, List<X509Certificate> chain, PrivateKey key) {
        this.source = source;
        this.chain = chain;
        this.key = key;
    }

    /**
     * Reads and checks it.
     *
     * @param certificate of PEM; intermediate certificates follow the server's own
     * @param key of PEM, PKCS#8 without a password: RSA, EC or Ed25519
     * @throws TlsFileException if they cannot be used, with the file that is wrong
     */
    public static Identity read(Path certificate, Path key) throws TlsFileException {
        PemFile certificates = new PemFile(certificate, "certificate file");
        List<X509Certificate> chain = List.copyOf(certificates.certificates());
        checkOrder(certificates, chain);
        PemFile keys = new PemFile(key, "key file");
        String algorithm = chain.getFirst().getPublicKey().getAlgorithm();
        String signature = switch (algorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" -> "EdDSA";
            default -> throw certificates.wrong("a key of " + algorithm + "; may be RSA, EC or Ed25519");
        };
        PrivateKey secret = privateKey(keys, algorithm);
        if (!fits(secret, chain.getFirst(), signature)) {
            throw keys.wrong("it is not the key of the certificate in " + certificate);
        }
        return new Identity(certificates, chain, secret);
    }

    private static void checkOrder(PemFile file, List<X509Certificate> chain) throws TlsFileException {
        for (int i = 1; i < chain.size(); i++) {
            try {
                chain.get(i - 1).verify(chain.get(i).getPublicKey());
            } catch (GeneralSecurityException broken) {
                throw file.wrong("certificate " + i + " is not signed by certificate " + (i + 1)
                        + "; the server's own comes first, and each is followed by the one that signed it");
            }
        }
    }

    private static PrivateKey privateKey(PemFile file, String algorithm) throws TlsFileException {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(file.privateKey()));
        } catch (GeneralSecurityException secret) {
            // Not passed on: it may quote what it was given.
            throw file.wrong("it holds no " + algorithm + " key, and the certificate is for one");
        }
    }

    private static boolean fits(PrivateKey key, X509Certificate certificate, String algorithm) {
        byte[] words = "the same pair".getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(words);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(words);
            return signature.verify(signed);
        } catch (GeneralSecurityException other) {
            return false;
        }
    }

    /** Refuses what no client would take at this time. */
    public void checkValidity(Instant now) throws TlsFileException {
        int number = 0;
        for (X509Certificate certificate : chain) {
            number++;
            if (now.isAfter(certificate.getNotAfter().toInstant())) {
                throw source.wrong("certificate " + number + " has expired, on "
                        + certificate.getNotAfter().toInstant());
            }
            if (now.isBefore(certificate.getNotBefore().toInstant())) {
                throw source.wrong("certificate " + number + " is not valid before "
                        + certificate.getNotBefore().toInstant());
            }
        }
    }

    X509Certificate[] chain() {
        return chain.toArray(new X509Certificate[0]);
    }

    PrivateKey key() {
        return key;
    }

    /** Whether clients would see no difference. */
    public boolean isSameAs(Identity other) {
        return chain.equals(other.chain);
    }

    /** Whom it names, and until when: this may be printed. */
    @Override
    public String toString() {
        X509Certificate own = chain.getFirst();
        Instant until = chain.stream()
                .map(each -> each.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
        return names(own) + ", valid until " + until;
    }

    private static String names(X509Certificate certificate) {
        try {
            String names = Stream.ofNullable(certificate.getSubjectAlternativeNames())
                    .flatMap(all -> all.stream())
                    .map(name -> name.get(1))
                    .filter(String.class::isInstance)
                    .map(Objects::toString)
                    .collect(Collectors.joining(", "));
            return names.isEmpty() ? certificate.getSubjectX500Principal().getName() : names;
        } catch (CertificateParsingException none) {
            return certificate.getSubjectX500Principal().getName();
        }
    }
}
