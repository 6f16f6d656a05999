package dev.heddle.auth;

import org.jose4j.jws.AlgorithmIdentifiers;

/** How a token is signed: these two, and no other. */
public enum Algorithm {
    /** One secret that signs and verifies. */
    HS256(AlgorithmIdentifiers.HMAC_SHA256),
    /** A private key signs, a public one verifies: a server needs only that. */
    ED25519(AlgorithmIdentifiers.EDDSA);

    private final String header;

    Algorithm(String header) {
        this.header = header;
    }

    /** As {@code alg} of a token's header. */
    String header() {
        return header;
    }
}
