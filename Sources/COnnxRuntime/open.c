// dladdr() is an extension of GNU's.
#define _GNU_SOURCE
#include "COnnxRuntime.h"

#include <dlfcn.h>
#include <stdio.h>

#define CHECK_SLOT(name, index) \
    _Static_assert(offsetof(OrtApi, name) == (index) * sizeof(void *), #name " must be slot " #index)

CHECK_SLOT(GetErrorCode, 1);
CHECK_SLOT(GetErrorMessage, 2);
CHECK_SLOT(CreateEnv, 3);
CHECK_SLOT(CreateSession, 7);
CHECK_SLOT(CreateSessionFromArray, 8);
CHECK_SLOT(Run, 9);
CHECK_SLOT(CreateSessionOptions, 10);
CHECK_SLOT(SetOptimizedModelFilePath, 11);
CHECK_SLOT(SetSessionGraphOptimizationLevel, 23);
CHECK_SLOT(SetIntraOpNumThreads, 24);
CHECK_SLOT(SetInterOpNumThreads, 25);
CHECK_SLOT(SessionGetInputCount, 30);
CHECK_SLOT(SessionGetOutputCount, 31);
CHECK_SLOT(SessionGetInputTypeInfo, 33);
CHECK_SLOT(SessionGetOutputTypeInfo, 34);
CHECK_SLOT(SessionGetInputName, 36);
CHECK_SLOT(SessionGetOutputName, 37);
CHECK_SLOT(CreateRunOptions, 39);
CHECK_SLOT(RunOptionsSetRunLogSeverityLevel, 41);
CHECK_SLOT(RunOptionsSetTerminate, 46);
CHECK_SLOT(CreateTensorAsOrtValue, 48);
CHECK_SLOT(CreateTensorWithDataAsOrtValue, 49);
CHECK_SLOT(GetTensorMutableData, 51);
CHECK_SLOT(CastTypeInfoToTensorInfo, 55);
CHECK_SLOT(GetTensorElementType, 60);
CHECK_SLOT(GetDimensionsCount, 61);
CHECK_SLOT(GetDimensions, 62);
CHECK_SLOT(GetTensorTypeAndShape, 65);
CHECK_SLOT(CreateMemoryInfo, 68);
CHECK_SLOT(AllocatorFree, 76);
CHECK_SLOT(GetAllocatorWithDefaultOptions, 78);
CHECK_SLOT(ReleaseEnv, 92);
CHECK_SLOT(ReleaseStatus, 93);
CHECK_SLOT(ReleaseMemoryInfo, 94);
CHECK_SLOT(ReleaseSession, 95);
CHECK_SLOT(ReleaseValue, 96);
CHECK_SLOT(ReleaseRunOptions, 97);
CHECK_SLOT(ReleaseTypeInfo, 98);
CHECK_SLOT(ReleaseTensorTypeAndShapeInfo, 99);
CHECK_SLOT(ReleaseSessionOptions, 100);
CHECK_SLOT(GetAvailableProviders, 125);
CHECK_SLOT(ReleaseAvailableProviders, 126);
CHECK_SLOT(AddSessionConfigEntry, 130);
CHECK_SLOT(CreateAllocator, 131);
CHECK_SLOT(ReleaseAllocator, 132);
CHECK_SLOT(RunWithBinding, 133);
CHECK_SLOT(CreateIoBinding, 134);
CHECK_SLOT(ReleaseIoBinding, 135);
CHECK_SLOT(BindInput, 136);
CHECK_SLOT(BindOutputToDevice, 138);
CHECK_SLOT(GetBoundOutputValues, 140);
CHECK_SLOT(SynchronizeBoundInputs, 202);
CHECK_SLOT(SynchronizeBoundOutputs, 203);
CHECK_SLOT(SessionOptionsAppendExecutionProvider_CUDA_V2, 204);
CHECK_SLOT(CreateCUDAProviderOptions, 205);
CHECK_SLOT(ReleaseCUDAProviderOptions, 208);
CHECK_SLOT(SessionOptionsAppendExecutionProvider, 216);
CHECK_SLOT(GetBuildInfoString, 254);

// The only symbol of the library that is looked up by name.
typedef struct OrtApiBase {
    const OrtApi *(*GetApi)(uint32_t version);
    const char *(*GetVersionString)(void);
} OrtApiBase;

CortLibrary cort_open(const char *path) {
    CortLibrary result = {0};
    void *handle = dlopen(path[0] ? path : NULL, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        const char *why = dlerror();
        snprintf(result.message, sizeof result.message, "%s", why ? why : "dlopen failed");
        return result;
    }
    const OrtApiBase *(*getBase)(void);
    *(void **)&getBase = dlsym(handle, "OrtGetApiBase");
    if (getBase == NULL) {
        snprintf(result.message, sizeof result.message, "not an ONNX Runtime library");
        dlclose(handle);
        return result;
    }
    const OrtApiBase *base = getBase();
    result.version = base->GetVersionString();
    result.api = base->GetApi(CORT_API_VERSION);
    if (result.api == NULL) {
        snprintf(result.message, sizeof result.message, "ONNX Runtime %s is too old: 1.%d or newer is needed",
                 result.version, CORT_API_VERSION);
    }
    return result;
}

const char *cort_image_path(void) {
    Dl_info info;
    // A variable has an address within the image, also where functions are reached through a table.
    static const char here = 0;
    return dladdr(&here, &info) ? info.dli_fname : NULL;
}
