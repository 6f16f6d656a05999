package dev.heddle.legacy;

import java.nio.charset.StandardCharsets;

/**
 * The numbers of the old protocol. There is no frame around its commands: each is as long as its own fields say, but for LOGIN,
 * which is as long as what arrived with it.
 *
 * <pre>
 *   from the client                                        to the client
 *   LOGIN 01:      user                                    03 "LOGIN_OK"
 *   SEND 02:       len16 target | len16 body
 *   ACK 03:        id (16 bytes)
 *   BATCH 04:      len16 target | len32 { len16 body }*
 *   GET_STATUS 05: len16 user                              STATUS 06:   len16 user | state8 | seconds64
 *                                                          DELIVERY 10: len16 id | len32 body
 * </pre>
 *
 * All numbers are big-endian and unsigned. BATCH's len32 counts the bytes of the list behind it.
 */
final class Legacy {
    static final int LOGIN = 0x01;
    static final int SEND = 0x02;
    static final int ACK = 0x03;
    static final int BATCH = 0x04;
    static final int GET_STATUS = 0x05;

    static final int STATUS = 0x06;
    static final int DELIVERY = 0x10;

    static final int OFFLINE = 0;
    static final int ONLINE = 1;

    private static final byte[] LOGIN_OK = "\u0003LOGIN_OK".getBytes(StandardCharsets.US_ASCII);

    private Legacy() {}

    /** The answer to LOGIN. */
    static byte[] loginOk() {
        return LOGIN_OK.clone();
    }
}
