// The functions of libpq that the store of jobs uses, as a table that is filled at run time.
//
// The declarations are those of libpq 10 and newer (libpq-fe.h), whose binary interface has the major version 5. Nothing
// is linked, and no header of PostgreSQL is needed to build.
#ifndef C_LIBPQ_H
#define C_LIBPQ_H

typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
typedef struct pg_option PQconninfoOption;

typedef struct pgNotify {
    char *relname;  ///< the channel
    int be_pid;
    char *extra;  ///< the payload
    struct pgNotify *next;
} PGnotify;

// Values of the enumerations in libpq-fe.h and of the field codes in postgres_ext.h.
enum { CLIBPQ_CONNECTION_OK = 0 };
enum { CLIBPQ_POLLING_FAILED = 0, CLIBPQ_POLLING_READING = 1, CLIBPQ_POLLING_WRITING = 2, CLIBPQ_POLLING_OK = 3 };
enum { CLIBPQ_COMMAND_OK = 1, CLIBPQ_TUPLES_OK = 2 };
enum { CLIBPQ_SQLSTATE = 'C', CLIBPQ_MESSAGE_PRIMARY = 'M' };

typedef struct CLibPQ {
    PQconninfoOption *(*PQconninfoParse)(const char *text, char **message);
    void (*PQconninfoFree)(PQconninfoOption *options);
    void (*PQfreemem)(void *memory);
    PGconn *(*PQconnectStartParams)(const char *const *keywords, const char *const *values, int expandsName);
    int (*PQconnectPoll)(PGconn *connection);
    int (*PQstatus)(const PGconn *connection);
    int (*PQsocket)(const PGconn *connection);
    char *(*PQpass)(const PGconn *connection);
    char *(*PQerrorMessage)(const PGconn *connection);
    void (*PQfinish)(PGconn *connection);
    int (*PQsetnonblocking)(PGconn *connection, int isOn);
    int (*PQsendQueryParams)(PGconn *connection, const char *command, int count, const unsigned *types,
                             const char *const *values, const int *lengths, const int *formats, int resultFormat);
    int (*PQflush)(PGconn *connection);
    int (*PQconsumeInput)(PGconn *connection);
    int (*PQisBusy)(PGconn *connection);
    PGnotify *(*PQnotifies)(PGconn *connection);
    PGresult *(*PQgetResult)(PGconn *connection);
    int (*PQresultStatus)(const PGresult *result);
    char *(*PQresultErrorField)(const PGresult *result, int code);
    int (*PQntuples)(const PGresult *result);
    int (*PQnfields)(const PGresult *result);
    char *(*PQfname)(const PGresult *result, int field);
    int (*PQgetisnull)(const PGresult *result, int row, int field);
    int (*PQgetlength)(const PGresult *result, int row, int field);
    char *(*PQgetvalue)(const PGresult *result, int row, int field);
    char *(*PQcmdTuples)(PGresult *result);
    void (*PQclear)(PGresult *result);
} CLibPQ;

/// Opens the library, once a process, and returns its functions; NULL where it is not installed or too old.
const CLibPQ *clibpq_open(void);

#endif
