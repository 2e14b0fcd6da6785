// Threads that help with the parts of one piece of work at a time.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "include/conformer.h"

#if defined(__x86_64__)
#define PAUSE() __builtin_ia32_pause()
#else
#define PAUSE() atomic_signal_fence(memory_order_seq_cst)
#endif

// Looks for work before a helper sleeps: some 50 microseconds, the time between two pieces of work of one run.
enum { LOOKS = 2000, MOST_HELPERS = 63 };

typedef struct {
    _Atomic(void (*)(void *, size_t)) work;
    _Atomic(void *) context;
    atomic_size_t done;
} job;

struct conformer_team {
    // Number of the job, its parts, and the next part that is not taken, in 32, 16 and 16 bits.
    _Atomic uint64_t state;
    // A job is written while the one before it is still read: two places in turn.
    job jobs[2];
    atomic_uint runs;
    atomic_uint sleepers;
    atomic_bool ends;
    pthread_mutex_t lock;
    pthread_cond_t change;
    unsigned count;
    pthread_t threads[MOST_HELPERS];
};

// Takes parts of the job until there is none; a part can only be taken while its job is the newest.
static uint64_t take_parts(conformer_team *team) {
    uint64_t state = atomic_load_explicit(&team->state, memory_order_acquire);
    for (;;) {
        const size_t next = state & 0xffff, count = state >> 16 & 0xffff;
        if (next >= count) return state;
        job *job = &team->jobs[state >> 32 & 1];
        void (*work)(void *, size_t) = atomic_load_explicit(&job->work, memory_order_relaxed);
        void *context = atomic_load_explicit(&job->context, memory_order_relaxed);
        if (!atomic_compare_exchange_weak_explicit(
                &team->state, &state, state + 1, memory_order_acq_rel, memory_order_acquire))
            continue;
        work(context, next);
        atomic_fetch_add_explicit(&job->done, 1, memory_order_release);
        state = atomic_load_explicit(&team->state, memory_order_acquire);
    }
}

static void *help(void *argument) {
    conformer_team *team = argument;
    uint64_t seen = take_parts(team);
    while (!atomic_load(&team->ends)) {
        // Without a run there is nothing to look for.
        for (int look = 0; look < LOOKS && atomic_load(&team->runs) > 0; look++) {
            if (atomic_load_explicit(&team->state, memory_order_acquire) >> 32 != seen >> 32) break;
            PAUSE();
        }
        if (atomic_load(&team->state) >> 32 == seen >> 32) {
            pthread_mutex_lock(&team->lock);
            atomic_fetch_add(&team->sleepers, 1);
            while (atomic_load(&team->state) >> 32 == seen >> 32 && !atomic_load(&team->ends))
                pthread_cond_wait(&team->change, &team->lock);
            atomic_fetch_sub(&team->sleepers, 1);
            pthread_mutex_unlock(&team->lock);
        }
        seen = take_parts(team);
    }
    return NULL;
}

conformer_team *conformer_team_make(unsigned helpers) {
    conformer_team *team = calloc(1, sizeof *team);
    if (!team) return NULL;
    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->change, NULL);
    while (team->count < helpers && team->count < MOST_HELPERS) {
        if (pthread_create(&team->threads[team->count], NULL, help, team) != 0) {
            conformer_team_free(team);
            return NULL;
        }
        team->count++;
    }
    return team;
}

void conformer_team_free(conformer_team *team) {
    if (!team) return;
    pthread_mutex_lock(&team->lock);
    atomic_store(&team->ends, true);
    pthread_cond_broadcast(&team->change);
    pthread_mutex_unlock(&team->lock);
    for (unsigned thread = 0; thread < team->count; thread++) pthread_join(team->threads[thread], NULL);
    pthread_cond_destroy(&team->change);
    pthread_mutex_destroy(&team->lock);
    free(team);
}

void conformer_team_enter(conformer_team *team) {
    if (team) atomic_fetch_add(&team->runs, 1);
}

void conformer_team_leave(conformer_team *team) {
    if (team) atomic_fetch_sub(&team->runs, 1);
}

void conformer_team_run(conformer_team *team, void (*work)(void *context, size_t part), void *context, size_t count) {
    // Only a run that is alone makes jobs; others came after it, and are not alone before it has left.
    if (!team || team->count == 0 || count < 2 || count > 0xffff || atomic_load(&team->runs) != 1) {
        for (size_t part = 0; part < count; part++) work(context, part);
        return;
    }
    const uint64_t number = (atomic_load(&team->state) >> 32) + 1;
    job *job = &team->jobs[number & 1];
    atomic_store_explicit(&job->work, work, memory_order_relaxed);
    atomic_store_explicit(&job->context, context, memory_order_relaxed);
    atomic_store_explicit(&job->done, 0, memory_order_relaxed);
    atomic_store(&team->state, (number & 0xffffffff) << 32 | (uint64_t)count << 16);
    if (atomic_load(&team->sleepers) > 0) {
        pthread_mutex_lock(&team->lock);
        pthread_cond_broadcast(&team->change);
        pthread_mutex_unlock(&team->lock);
    }
    take_parts(team);
    while (atomic_load_explicit(&job->done, memory_order_acquire) < count) PAUSE();
}
