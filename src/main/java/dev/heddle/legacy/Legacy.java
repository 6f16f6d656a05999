package dev.heddle.legacy;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The numbers of the old protocol. There is no frame around its commands: each is as long as its own fields say, but for LOGIN,
 * which is as long as what arrived with it.
 *
 * <pre>
 *   from the client                                           to the client
 *   LOGIN 01:        user                                     03 "LOGIN_OK"
 *   SEND 02:         len16 target | len16 body
 *   ACK 03:          id (16 bytes)
 *   BATCH 04:        len16 target | len32 { len16 body }*
 *   GET_STATUS 05:   len16 user                               STATUS 06:   len16 user | state8 | seconds64
 *                                                             DELIVERY 10: len16 id | len32 body
 *   of its later versions
 *   SEND_SEQ 07:     len16 target | seq64 | len16 body
 *   MAP 10:          len16 target | len32 map                 in a DELIVERY: 10 | len16 sender | len32 map
 *   ENCRYPTED 23:    len16 target | len16 head | len32 body   in a DELIVERY: 24 | len16 sender | len16 head | len32 body
 *   KEYS 20, 22:     len32 bundle                             22 | 00000000
 *   KEYS_OF 21:      len16 user                               22 | 00000000
 *   GROUP 30 to 3f:  ?                                        ERROR fe:    len16 text
 *   TYPING 70, 71:   len16 target                             72 | len16 sender | 1 or 0
 *   READ 74:         len16 id | len16 sender
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
    static final int SEND_SEQ = 0x07;
    static final int MAP = 0x10;
    static final int KEYS = 0x20;
    static final int KEYS_OF = 0x21;
    static final int KEYS_ANSWER = 0x22;
    static final int ENCRYPTED = 0x23;
    static final int GROUP_FIRST = 0x30;
    static final int GROUP_LAST = 0x3f;
    static final int TYPING_START = 0x70;
    static final int TYPING_STOP = 0x71;
    static final int READ = 0x74;

    static final int STATUS = 0x06;
    static final int DELIVERY = 0x10;
    static final int ENCRYPTED_DELIVERY = 0x24;
    static final int TYPING = 0x72;

    static final int OFFLINE = 0;
    static final int ONLINE = 1;

    // What a PING asks for; its PONG becomes the answer, which is at most as long.
    static final int NOTHING = 0;
    static final int AGAIN = 1;
    static final int NO_KEYS = 2;
    static final int NO_GROUPS = 3;
    static final int NO_LOGIN = 4;
    static final int BAD_NAME = 5;
    static final int OTHER_USER = 6;

    private static final byte[] LOGIN_OK = "\u0003LOGIN_OK".getBytes(US_ASCII);

    private static final byte[][] ANSWERS = {
        {},
        LOGIN_OK,
        {KEYS_ANSWER, 0, 0, 0, 0},
        error("no groups"),
        error("no login"),
        error("bad name"),
        error("other user")
    };

    private Legacy() {}

    private static byte[] error(String text) {
        return ("\u00fe\0" + (char) text.length() + text).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    /** The answer to LOGIN; not to be changed. */
    static byte[] loginOk() {
        return LOGIN_OK;
    }

    /** What one of the numbers above stands for; not to be changed. */
    static byte[] answer(long number) {
        return ANSWERS[(int) number];
    }
}
