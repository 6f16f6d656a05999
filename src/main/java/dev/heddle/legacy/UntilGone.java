package dev.heddle.legacy;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes to a peer for as long as it is there, and drops what comes after; the writing thread. So a client that has sent and
 * hung up does not keep anybody from hearing what became of what it sent.
 */
final class UntilGone extends OutputStream {
    private final OutputStream out;
    private boolean gone;

    UntilGone(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int count) {
        if (gone) {
            return;
        }
        try {
            out.write(from, offset, count);
        } catch (IOException failure) {
            gone = true;
        }
    }
}
