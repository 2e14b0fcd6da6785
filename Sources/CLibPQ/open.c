#include "CLibPQ.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

static CLibPQ table;
static const CLibPQ *opened;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void *open_library(void) {
#ifdef __APPLE__
    static const char *const names[] = {
        "/opt/homebrew/opt/libpq/lib/libpq.5.dylib",
        "/usr/local/opt/libpq/lib/libpq.5.dylib",
    };
#else
    static const char *const names[] = {"libpq.so.5"};
#endif
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (library) return library;
    }
    return NULL;
}

static void load(void) {
    void *library = open_library();
    if (!library) return;
#define RESOLVE(name) if (!(table.name = (__typeof__(table.name))dlsym(library, #name))) return;
    RESOLVE(PQconninfoParse)
    RESOLVE(PQconninfoFree)
    RESOLVE(PQfreemem)
    RESOLVE(PQconnectStartParams)
    RESOLVE(PQconnectPoll)
    RESOLVE(PQstatus)
    RESOLVE(PQsocket)
    RESOLVE(PQpass)
    RESOLVE(PQerrorMessage)
    RESOLVE(PQfinish)
    RESOLVE(PQsetnonblocking)
    RESOLVE(PQsendQueryParams)
    RESOLVE(PQflush)
    RESOLVE(PQconsumeInput)
    RESOLVE(PQisBusy)
    RESOLVE(PQnotifies)
    RESOLVE(PQgetResult)
    RESOLVE(PQresultStatus)
    RESOLVE(PQresultErrorField)
    RESOLVE(PQntuples)
    RESOLVE(PQnfields)
    RESOLVE(PQfname)
    RESOLVE(PQgetisnull)
    RESOLVE(PQgetlength)
    RESOLVE(PQgetvalue)
    RESOLVE(PQcmdTuples)
    RESOLVE(PQclear)
    opened = &table;
}

const CLibPQ *clibpq_open(void) {
    pthread_once(&once, load);
    return opened;
}
