/* Counts the calls of a program and its children that change files below a folder, and from the n-th on makes them fail, or at the n-th
 * sends the program a signal. Preloaded on Linux; what it does stands in a file that all processes map.
 *
 * A write at which the disk gets full, or at which the program is killed, is done by half: that is what a torn file looks like.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

struct control {
    long count;  /* calls so far */
    long at;     /* the call at which it happens, from 1; 0: never */
    long error;  /* errno of this call and all later ones, or 0 */
    long signal; /* sent at this call, or 0 */
    long program; /* process id of the first process */
    long hits;   /* calls that failed, or signals sent */
    char folder[PATH_MAX];
};

static struct control *control;
static int journal = -1; /* one line per counted call: its name, a space, the path */

#define REAL(type, name, ...) static type (*real_##name)(__VA_ARGS__)
REAL(int, open, const char *, int, ...);
REAL(int, open64, const char *, int, ...);
REAL(int, openat, int, const char *, int, ...);
REAL(int, openat64, int, const char *, int, ...);
REAL(ssize_t, write, int, const void *, size_t);
REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
REAL(int, fsync, int);
REAL(int, fdatasync, int);
REAL(int, ftruncate, int, off_t);
REAL(int, ftruncate64, int, off64_t);
REAL(int, rename, const char *, const char *);
REAL(int, mkdir, const char *, mode_t);
REAL(int, unlink, const char *);

__attribute__((constructor)) static void start(void) {
#define FIND(name) real_##name = dlsym(RTLD_NEXT, #name)
    FIND(open); FIND(open64); FIND(openat); FIND(openat64); FIND(write); FIND(pwrite); FIND(pwrite64); FIND(fsync);
    FIND(fdatasync); FIND(ftruncate); FIND(ftruncate64); FIND(rename); FIND(mkdir); FIND(unlink);
    const char *path = getenv("FAULTS_CONTROL");
    int file = path ? real_open(path, O_RDWR) : -1;
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (mapped == MAP_FAILED) return;
    control = mapped;
    journal = real_open(getenv("FAULTS_JOURNAL"), O_WRONLY | O_APPEND | O_CLOEXEC);
    long nobody = 0;
    __atomic_compare_exchange_n(&control->program, &nobody, (long)getpid(), 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* Whether *path* lies in the folder; *name*d calls are noted. */
static int inside(const char *name, const char *path) {
    char whole[2 * PATH_MAX];
    if (!control || !path) return 0;
    if (path[0] != '/') {
        if (!getcwd(whole, PATH_MAX)) return 0;
        strncat(whole, "/", 2);
        strncat(whole, path, PATH_MAX - 2);
        path = whole;
    }
    if (strncmp(path, control->folder, strlen(control->folder))) return 0;
    char line[2 * PATH_MAX + 32];
    int length = snprintf(line, sizeof line, "%s %s\n", name, path);
    if (journal >= 0 && real_write(journal, line, (size_t)length) < 0) return 0;
    return 1;
}

static int inside_file(const char *name, int file) {
    char link[64], path[PATH_MAX];
    if (!control) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return inside(name, path);
}

enum verdict { PASS, HALF, FAIL };

/* Count one call; *may_fail* is 0 for those that succeed on a full disk too. */
static enum verdict judge(int may_fail) {
    long n = __atomic_add_fetch(&control->count, 1, __ATOMIC_SEQ_CST);
    if (!control->at || n < control->at) return PASS;
    if (control->error && may_fail) {
        long hits = __atomic_add_fetch(&control->hits, 1, __ATOMIC_SEQ_CST);
        errno = (int)control->error;
        return hits == 1 ? HALF : FAIL;
    }
    if (control->signal && n == control->at) return HALF;
    return PASS;
}

static void strike(void) {
    __atomic_add_fetch(&control->hits, 1, __ATOMIC_SEQ_CST);
    kill((pid_t)control->program, (int)control->signal);
}

/* Calls without a half. */
#define WHOLE(may_fail, call)                                \
    switch (judge(may_fail)) {                               \
    case PASS: break;                                        \
    case HALF: if (control->signal) { strike(); break; }     \
               /* fall through */                            \
    case FAIL: errno = (int)control->error; return -1;       \
    }                                                        \
    return call

#define WRITE(call, half)                                                                 \
    if (!inside_file(__func__, file)) return call;                                                  \
    switch (judge(1)) {                                                                   \
    case PASS: break;                                                                     \
    case HALF:                                                                            \
        if (control->signal) { ssize_t done = size > 1 ? half : call; strike(); return done; } \
        if (size > 1 && control->error != EROFS && control->error != EACCES) return half; \
        /* fall through */                                                                \
    case FAIL: errno = (int)control->error; return -1;                                    \
    }                                                                                     \
    return call

ssize_t write(int file, const void *data, size_t size) { WRITE(real_write(file, data, size), real_write(file, data, size / 2)); }
ssize_t pwrite(int file, const void *data, size_t size, off_t at) {
    WRITE(real_pwrite(file, data, size, at), real_pwrite(file, data, size / 2, at));
}
ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
    WRITE(real_pwrite64(file, data, size, at), real_pwrite64(file, data, size / 2, at));
}

#define CHANGES(flags) ((flags) & (O_CREAT | O_TRUNC) || ((flags) & O_TMPFILE) == O_TMPFILE)
#define MODE va_list rest; va_start(rest, flags); mode_t mode = CHANGES(flags) ? va_arg(rest, mode_t) : 0; va_end(rest)
int open(const char *path, int flags, ...) {
    MODE;
    if (!CHANGES(flags) || !inside(__func__, path)) return real_open(path, flags, mode);
    WHOLE(1, real_open(path, flags, mode));
}
int open64(const char *path, int flags, ...) {
    MODE;
    if (!CHANGES(flags) || !inside(__func__, path)) return real_open64(path, flags, mode);
    WHOLE(1, real_open64(path, flags, mode));
}
int openat(int folder, const char *path, int flags, ...) {
    MODE;
    if (!CHANGES(flags) || !inside(__func__, path)) return real_openat(folder, path, flags, mode);
    WHOLE(1, real_openat(folder, path, flags, mode));
}
int openat64(int folder, const char *path, int flags, ...) {
    MODE;
    if (!CHANGES(flags) || !inside(__func__, path)) return real_openat64(folder, path, flags, mode);
    WHOLE(1, real_openat64(folder, path, flags, mode));
}

int fsync(int file) {
    if (!inside_file(__func__, file)) return real_fsync(file);
    WHOLE(1, 0); /* kills leave what the system holds: the disk need not be waited for */
}
int fdatasync(int file) {
    if (!inside_file(__func__, file)) return real_fdatasync(file);
    WHOLE(1, 0);
}
int ftruncate(int file, off_t size) {
    if (!inside_file(__func__, file)) return real_ftruncate(file, size);
    WHOLE(0, real_ftruncate(file, size));
}
int ftruncate64(int file, off64_t size) {
    if (!inside_file(__func__, file)) return real_ftruncate64(file, size);
    WHOLE(0, real_ftruncate64(file, size));
}
int rename(const char *from, const char *to) {
    if (!inside(__func__, to)) return real_rename(from, to);
    WHOLE(1, real_rename(from, to));
}
int mkdir(const char *path, mode_t mode) {
    if (!inside(__func__, path)) return real_mkdir(path, mode);
    WHOLE(1, real_mkdir(path, mode));
}
int unlink(const char *path) {
    if (!inside(__func__, path)) return real_unlink(path);
    WHOLE(0, real_unlink(path));
}
