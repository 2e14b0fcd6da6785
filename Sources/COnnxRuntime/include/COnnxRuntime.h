// The part of the ONNX Runtime C interface that this package calls.
//
// The library hands out one table of function pointers (`OrtApi`). The table is append-only: an entry, once
// released, keeps its index and its signature for ever. So only the entries in use are declared, each at its
// index, and the rest is padding. The static assertions in open.c check every index.
//
// Nothing here needs ONNX Runtime to be installed at build time.
#ifndef C_ONNX_RUNTIME_H
#define C_ONNX_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

// Opaque handles (imported into Swift as OpaquePointer).
typedef struct OrtEnv OrtEnv;
typedef struct OrtStatus OrtStatus;
typedef struct OrtSession OrtSession;
typedef struct OrtSessionOptions OrtSessionOptions;
typedef struct OrtRunOptions OrtRunOptions;
typedef struct OrtValue OrtValue;
typedef struct OrtMemoryInfo OrtMemoryInfo;
typedef struct OrtTypeInfo OrtTypeInfo;
typedef struct OrtTensorTypeAndShapeInfo OrtTensorTypeAndShapeInfo;
typedef struct OrtAllocator OrtAllocator;
typedef struct OrtIoBinding OrtIoBinding;
typedef struct OrtCUDAProviderOptionsV2 OrtCUDAProviderOptionsV2;

// Enumerations travel as int32_t: the same ABI, and no surprise when the library grows a case.
typedef int32_t OrtEnum;

#define ORT_SLOTS(first, last) void *reserved_##first##_to_##last[(last) - (first) + 1]

typedef struct OrtApi {
    ORT_SLOTS(0, 0);
    OrtEnum (*GetErrorCode)(const OrtStatus *);                                          // 1
    const char *(*GetErrorMessage)(const OrtStatus *);                                   // 2
    OrtStatus *(*CreateEnv)(OrtEnum level, const char *logid, OrtEnv **);                // 3
    ORT_SLOTS(4, 6);
    OrtStatus *(*CreateSession)(const OrtEnv *, const char *path,
                                const OrtSessionOptions *, OrtSession **);               // 7
    OrtStatus *(*CreateSessionFromArray)(const OrtEnv *, const void *, size_t,
                                         const OrtSessionOptions *, OrtSession **);      // 8
    OrtStatus *(*Run)(OrtSession *, const OrtRunOptions *,
                      const char *const *inputNames, const OrtValue *const *inputs, size_t inputCount,
                      const char *const *outputNames, size_t outputCount, OrtValue **outputs);  // 9
    OrtStatus *(*CreateSessionOptions)(OrtSessionOptions **);                            // 10
    OrtStatus *(*SetOptimizedModelFilePath)(OrtSessionOptions *, const char *path);      // 11
    ORT_SLOTS(12, 22);
    OrtStatus *(*SetSessionGraphOptimizationLevel)(OrtSessionOptions *, OrtEnum);        // 23
    OrtStatus *(*SetIntraOpNumThreads)(OrtSessionOptions *, int);                        // 24
    OrtStatus *(*SetInterOpNumThreads)(OrtSessionOptions *, int);                        // 25
    ORT_SLOTS(26, 29);
    OrtStatus *(*SessionGetInputCount)(const OrtSession *, size_t *);                    // 30
    OrtStatus *(*SessionGetOutputCount)(const OrtSession *, size_t *);                   // 31
    ORT_SLOTS(32, 32);
    OrtStatus *(*SessionGetInputTypeInfo)(const OrtSession *, size_t, OrtTypeInfo **);   // 33
    OrtStatus *(*SessionGetOutputTypeInfo)(const OrtSession *, size_t, OrtTypeInfo **);  // 34
    ORT_SLOTS(35, 35);
    OrtStatus *(*SessionGetInputName)(const OrtSession *, size_t, OrtAllocator *, char **);   // 36
    OrtStatus *(*SessionGetOutputName)(const OrtSession *, size_t, OrtAllocator *, char **);  // 37
    ORT_SLOTS(38, 38);
    OrtStatus *(*CreateRunOptions)(OrtRunOptions **);                                    // 39
    ORT_SLOTS(40, 40);
    OrtStatus *(*RunOptionsSetRunLogSeverityLevel)(OrtRunOptions *, int);                // 41
    ORT_SLOTS(42, 45);
    OrtStatus *(*RunOptionsSetTerminate)(OrtRunOptions *);                               // 46
    ORT_SLOTS(47, 47);
    OrtStatus *(*CreateTensorAsOrtValue)(OrtAllocator *, const int64_t *shape, size_t rank,
                                         OrtEnum elementType, OrtValue **);              // 48
    OrtStatus *(*CreateTensorWithDataAsOrtValue)(const OrtMemoryInfo *, void *data, size_t byteCount,
                                                 const int64_t *shape, size_t rank,
                                                 OrtEnum elementType, OrtValue **);      // 49
    ORT_SLOTS(50, 50);
    OrtStatus *(*GetTensorMutableData)(OrtValue *, void **);                             // 51
    ORT_SLOTS(52, 54);
    OrtStatus *(*CastTypeInfoToTensorInfo)(const OrtTypeInfo *,
                                           const OrtTensorTypeAndShapeInfo **);          // 55
    ORT_SLOTS(56, 59);
    OrtStatus *(*GetTensorElementType)(const OrtTensorTypeAndShapeInfo *, OrtEnum *);    // 60
    OrtStatus *(*GetDimensionsCount)(const OrtTensorTypeAndShapeInfo *, size_t *);       // 61
    OrtStatus *(*GetDimensions)(const OrtTensorTypeAndShapeInfo *, int64_t *, size_t);   // 62
    ORT_SLOTS(63, 64);
    OrtStatus *(*GetTensorTypeAndShape)(const OrtValue *, OrtTensorTypeAndShapeInfo **); // 65
    ORT_SLOTS(66, 67);
    OrtStatus *(*CreateMemoryInfo)(const char *name, OrtEnum allocatorType, int id,
                                   OrtEnum memType, OrtMemoryInfo **);                   // 68
    ORT_SLOTS(69, 75);
    OrtStatus *(*AllocatorFree)(OrtAllocator *, void *);                                 // 76
    ORT_SLOTS(77, 77);
    OrtStatus *(*GetAllocatorWithDefaultOptions)(OrtAllocator **);                       // 78
    ORT_SLOTS(79, 91);
    void (*ReleaseEnv)(OrtEnv *);                                                        // 92
    void (*ReleaseStatus)(OrtStatus *);                                                  // 93
    void (*ReleaseMemoryInfo)(OrtMemoryInfo *);                                          // 94
    void (*ReleaseSession)(OrtSession *);                                                // 95
    void (*ReleaseValue)(OrtValue *);                                                    // 96
    void (*ReleaseRunOptions)(OrtRunOptions *);                                          // 97
    void (*ReleaseTypeInfo)(OrtTypeInfo *);                                              // 98
    void (*ReleaseTensorTypeAndShapeInfo)(OrtTensorTypeAndShapeInfo *);                  // 99
    void (*ReleaseSessionOptions)(OrtSessionOptions *);                                  // 100
    ORT_SLOTS(101, 124);
    OrtStatus *(*GetAvailableProviders)(char ***names, int *count);                      // 125
    OrtStatus *(*ReleaseAvailableProviders)(char **names, int count);                    // 126
    ORT_SLOTS(127, 129);
    OrtStatus *(*AddSessionConfigEntry)(OrtSessionOptions *, const char *key, const char *value);  // 130
    OrtStatus *(*CreateAllocator)(const OrtSession *, const OrtMemoryInfo *, OrtAllocator **);     // 131
    void (*ReleaseAllocator)(OrtAllocator *);                                            // 132
    OrtStatus *(*RunWithBinding)(OrtSession *, const OrtRunOptions *, const OrtIoBinding *);       // 133
    OrtStatus *(*CreateIoBinding)(OrtSession *, OrtIoBinding **);                        // 134
    void (*ReleaseIoBinding)(OrtIoBinding *);                                            // 135
    OrtStatus *(*BindInput)(OrtIoBinding *, const char *name, const OrtValue *);         // 136
    ORT_SLOTS(137, 137);
    OrtStatus *(*BindOutputToDevice)(OrtIoBinding *, const char *name, const OrtMemoryInfo *);     // 138
    ORT_SLOTS(139, 139);
    OrtStatus *(*GetBoundOutputValues)(const OrtIoBinding *, OrtAllocator *, OrtValue ***values,
                                       size_t *count);                                   // 140
    ORT_SLOTS(141, 201);
    OrtStatus *(*SynchronizeBoundInputs)(OrtIoBinding *);                                // 202
    OrtStatus *(*SynchronizeBoundOutputs)(OrtIoBinding *);                               // 203
    OrtStatus *(*SessionOptionsAppendExecutionProvider_CUDA_V2)(
        OrtSessionOptions *, const OrtCUDAProviderOptionsV2 *);                          // 204
    OrtStatus *(*CreateCUDAProviderOptions)(OrtCUDAProviderOptionsV2 **);                // 205
    ORT_SLOTS(206, 207);
    void (*ReleaseCUDAProviderOptions)(OrtCUDAProviderOptionsV2 *);                      // 208
    ORT_SLOTS(209, 215);
    OrtStatus *(*SessionOptionsAppendExecutionProvider)(
        OrtSessionOptions *, const char *name, const char *const *keys, const char *const *values,
        size_t count);                                                                   // 216
    ORT_SLOTS(217, 253);
    const char *(*GetBuildInfoString)(void);                                             // 254
    // The table goes on; nothing past this point is read.
} OrtApi;

/// Revision of the C interface asked for. 17 is ONNX Runtime 1.17; newer libraries answer older revisions.
enum { CORT_API_VERSION = 17 };

/// What opening the library gave: a table, or the reason why not.
typedef struct CortLibrary {
    const OrtApi *api;    ///< NULL on failure
    const char *version;  ///< owned by the library
    char message[512];    ///< why `api` is NULL
} CortLibrary;

/// Opens the shared library at `path` (a file, or a name for the loader's own search), or with an empty path the program itself,
/// into which the runtime may be linked. It stays open for good.
CortLibrary cort_open(const char *path);

/// The file of the program or library that this code is linked into, as the loader knows it; NULL where it does not say.
const char *cort_image_path(void);

#endif
