// A relay: takes two connections on the loopback interface and passes on what either of them sends to the other.
// It is the floor under any server's latency: two sockets, one thread, epoll, and nothing else.
//
//   relay      prints its port, and serves one pair of connections after the other
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static char buffer[1 << 16];

static void watch(int epoll, int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static int take(int listener) {
    int on = 1, fd = accept(listener, NULL, NULL);
    if (fd >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return fd;
}

// Passes on until one of the two closes. Whoever keeps to lock-step never has more under way than a socket takes at once.
static void relay(int epoll, int one, int other) {
    struct epoll_event ready[2];
    for (;;) {
        int count = epoll_wait(epoll, ready, 2, -1);
        for (int i = 0; i < count; i++) {
            int from = ready[i].data.fd;
            ssize_t bytes = read(from, buffer, sizeof buffer);
            if (bytes <= 0 || write(from == one ? other : one, buffer, bytes) != bytes) {
                return;
            }
        }
    }
}

int main(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 2)
            || getsockname(listener, (struct sockaddr *)&address, &size)) {
        perror("relay");
        return 1;
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        int epoll = epoll_create1(0), one = take(listener), other = take(listener);
        if (one < 0 || other < 0) {
            return 1;
        }
        watch(epoll, one);
        watch(epoll, other);
        relay(epoll, one, other);
        close(one);
        close(other);
        close(epoll);
    }
}
