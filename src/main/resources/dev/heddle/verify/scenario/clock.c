/* Shifts CLOCK_REALTIME by the milliseconds, a signed 64-bit number, in the file that VERIFY_CLOCK names; others may change
   them meanwhile. For LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static volatile const int64_t *shift;
static int (*real)(clockid_t, struct timespec *);

__attribute__((constructor)) static void find(void) {
    real = (int (*)(clockid_t, struct timespec *)) dlsym(RTLD_NEXT, "clock_gettime");
    const char *name = getenv("VERIFY_CLOCK");
    int file = name == NULL ? -1 : open(name, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        void *found = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
        shift = found == MAP_FAILED ? NULL : found;
        close(file);
    }
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    if (real == NULL) {
        find();
    }
    int status = real(clock, now);
    if (status == 0 && shift != NULL && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t millis = *shift;
        now->tv_sec += millis / 1000;
        now->tv_nsec += millis % 1000 * 1000000;
        if (now->tv_nsec < 0) {
            now->tv_sec--;
            now->tv_nsec += 1000000000;
        } else if (now->tv_nsec >= 1000000000) {
            now->tv_sec++;
            now->tv_nsec -= 1000000000;
        }
    }
    return status;
}
