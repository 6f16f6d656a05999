/* Makes fsync and fdatasync fail with EIO for as long as the file that HEDDLE_TEST_FAIL_SYNC names exists, and wait for as long
   as the one that HEDDLE_TEST_HOLD_SYNC names does. For LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int forced_to_fail(void) {
    const char *flag = getenv("HEDDLE_TEST_FAIL_SYNC");
    return flag != NULL && access(flag, F_OK) == 0;
}

static void wait_while_held(void) {
    const char *flag = getenv("HEDDLE_TEST_HOLD_SYNC");
    while (flag != NULL && access(flag, F_OK) == 0) {
        usleep(10000);
    }
}

static int sync_or_fail(const char *name, int fd) {
    wait_while_held();
    if (forced_to_fail()) {
        errno = EIO;
        return -1;
    }
    int (*real)(int) = (int (*)(int)) dlsym(RTLD_NEXT, name);
    return real(fd);
}

int fsync(int fd) {
    return sync_or_fail("fsync", fd);
}

int fdatasync(int fd) {
    return sync_or_fail("fdatasync", fd);
}
