// Tells Thread Sanitizer about `Synchronization.Mutex` where it has to wait.
//
// The inlined fast path of the lock is instrumented with the code that uses it. The slow path is inside
// libswiftSynchronization, which is not, so Thread Sanitizer takes every contended lock for a race. This library,
// loaded in front of it (LD_PRELOAD), calls the real slow path and reports the acquisition and the release.
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

// Weak: a program that is not built with Thread Sanitizer has neither.
void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
// The mangled names of Synchronization._MutexHandle's methods; self is the address of the lock word.
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef SWIFT void lock_function(uint32_t thread, SELF void *handle);
typedef SWIFT bool try_function(SELF void *handle);
typedef SWIFT void unlock_function(SELF void *handle);

static lock_function *real_lock;
static try_function *real_try;
static unlock_function *real_unlock;

__attribute__((constructor)) static void find(void) {
    real_lock = (lock_function *)dlsym(RTLD_NEXT, LOCK);
    real_try = (try_function *)dlsym(RTLD_NEXT, TRY_LOCK);
    real_unlock = (unlock_function *)dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT void lock_slow(uint32_t thread, SELF void *handle) __asm__(LOCK);
SWIFT void lock_slow(uint32_t thread, SELF void *handle) {
    real_lock(thread, handle);
    if (__tsan_acquire) { __tsan_acquire(handle); }
}

SWIFT bool try_lock_slow(SELF void *handle) __asm__(TRY_LOCK);
SWIFT bool try_lock_slow(SELF void *handle) {
    bool is_locked = real_try(handle);
    if (is_locked && __tsan_acquire) { __tsan_acquire(handle); }
    return is_locked;
}

SWIFT void unlock_slow(SELF void *handle) __asm__(UNLOCK);
SWIFT void unlock_slow(SELF void *handle) {
    if (__tsan_release) { __tsan_release(handle); }
    real_unlock(handle);
}
