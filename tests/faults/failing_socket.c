/* Sockets: libcurl's calls of the system, which find these first. */
#include "failing_private.h"

#include <dlfcn.h>
#include <poll.h>
#include <sys/types.h>

/* Not <sys/socket.h>, where glibc's addresses are a union of its own; to the
 * linker it is one. */
typedef unsigned int length_t;

/* Not static: glibc has poll() inline. */
void *failing_next(const char *name);
void *failing_next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

#define SOCKET(type, name, parameters, arguments, failure) \
	type name parameters; \
	type name parameters \
	{ \
		type (*real) parameters; \
		*(void **)&real = failing_next(#name); \
		if (failing_now(FAILING_SOCKET)) \
			return WITH(failure, -1); \
		return real arguments; \
	}
SOCKET(int, socket, (int domain, int type, int protocol), (domain, type, protocol), EMFILE)
SOCKET(int, socketpair, (int domain, int type, int protocol, int ends[2]), (domain, type, protocol, ends), EMFILE)
SOCKET(int, connect, (int file, const void *address, length_t size), (file, address, size),
       ENETUNREACH)
SOCKET(ssize_t, send, (int file, const void *bytes, size_t count, int flags), (file, bytes, count, flags),
       ECONNRESET)
SOCKET(ssize_t, recv, (int file, void *bytes, size_t count, int flags), (file, bytes, count, flags),
       ECONNRESET)
SOCKET(int, getsockopt, (int file, int level, int name, void *value, length_t *size),
       (file, level, name, value, size), ENOBUFS)
SOCKET(int, setsockopt, (int file, int level, int name, const void *value, length_t size),
       (file, level, name, value, size), ENOBUFS)
SOCKET(int, getsockname, (int file, void *address, length_t *size), (file, address, size), ENOBUFS)
SOCKET(int, getpeername, (int file, void *address, length_t *size), (file, address, size),
       ENOTCONN)
SOCKET(int, poll, (struct pollfd *files, nfds_t count, int wait), (files, count, wait), ENOMEM)
