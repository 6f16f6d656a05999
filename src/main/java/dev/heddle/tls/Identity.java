package dev.heddle.tls;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who a server is: a chain of certificates, its own first, and the private key of that one. Immutable; made only of a key that
 * fits, and a chain in which each certificate is signed by the next.
 */
public final class Identity {
    /** Smaller ones are refused by clients, and the smallest cannot sign what TLS 1.3 has signed. */
    private static final int LEAST_RSA_BITS = 2048;

    private static final List<String> CURVES = List.of("secp256r1", "secp384r1", "secp521r1");

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
        checkKind(certificates, chain.getFirst().getPublicKey());
        PrivateKey secret = privateKey(keys, algorithm);
        if (!fits(secret, chain.getFirst(), signature)) {
            throw keys.wrong("it is not the key of the certificate in " + certificate);
        }
        return new Identity(certificates, chain, secret);
    }

    /** Refuses a key that the JDK does not know as one of its kind, or that no client takes. */
    private static void checkKind(PemFile certificates, PublicKey key) throws TlsFileException {
        if (key.getAlgorithm().equals("EC") && !isOnKnownCurve(key)) {
            throw certificates.wrong(
                    "its key is on an elliptic curve that is not supported; may be secp256r1, secp384r1"
                            + " or secp521r1 (P-256, P-384, P-521)");
        }
        if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < LEAST_RSA_BITS) {
            throw certificates.wrong("its RSA key has " + rsa.getModulus().bitLength()
                    + " bits, too few for TLS; make one of " + LEAST_RSA_BITS + " or more");
        }
    }

    private static boolean isOnKnownCurve(PublicKey key) {
        if (!(key instanceof ECPublicKey point)) {
            return false;
        }
        try {
            for (String name : CURVES) {
                AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
                curve.init(new ECGenParameterSpec(name));
                ECParameterSpec known = curve.getParameterSpec(ECParameterSpec.class);
                if (known.getCurve().equals(point.getParams().getCurve())) {
                    return true;
                }
            }
            return false;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this JDK does not know the curves of TLS", impossible);
        }
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

    /**
     * The same without the certificates of those who signed it.
     *
     * @return null if its own is longer than so many bytes
     */
    @Nullable
    Identity alone(int mostBytes) {
        X509Certificate own = chain.getFirst();
        try {
            return own.getEncoded().length > mostBytes ? null : new Identity(source, List.of(own), key);
        } catch (CertificateEncodingException impossible) {
            return null;
        }
    }

    /** With the file that the certificate is from. */
    TlsFileException wrong(String why) {
        return source.wrong(why);
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
