// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// For targets that have no business with pointers.
let pointerFree: [SwiftSetting] = strict + [.strictMemorySafety()]

let package = Package(
    name: "gigastt",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "GigaSTT", targets: ["GigaSTT"]),
        // Downloads models into an app; apart, because it brings a network client.
        .library(name: "GigaSTTDownload", targets: ["GigaSTTDownload"]),
        // The microphone of an app on Apple's systems; empty elsewhere.
        .library(name: "GigaSTTMicrophone", targets: ["GigaSTTMicrophone"]),
        // libgigastt for C programs: Scripts/library.sh links it under its name, with its own symbols only.
        .library(name: "CGigaSTT", type: .dynamic, targets: ["CInterface"]),
        .executable(name: "gigastt", targets: ["GigaSTTCommand"]),
        .executable(name: "gigastt-bench", targets: ["GigaSTTBench"]),
    ],
    dependencies: [
        // Used by the programs only: an app that imports GigaSTT compiles none of it.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // Floor 0: C. Each has exactly one Swift importer.
        .target(name: "COnnxRuntime", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "CKernels"),
        .target(name: "CGigaSTT"),
        .target(name: "CAllocator"),
        .target(name: "CMedia", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "CLibPQ", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),

        // Floor 1: nothing about speech, or nothing but words.
        .target(name: "ONNXFile", swiftSettings: strict),
        .target(name: "OnnxRuntime", dependencies: ["COnnxRuntime"], swiftSettings: strict),
        .target(name: "STTInference", swiftSettings: pointerFree),
        .target(name: "STTValues", swiftSettings: pointerFree),
        .target(name: "STTText", swiftSettings: pointerFree),

        // Floor 2: samples.
        .target(name: "STTMedia", dependencies: ["CMedia"], swiftSettings: strict),

        // Floor 3: recognition.
        .target(
            name: "STTRecognition",
            dependencies: ["CKernels", "ONNXFile", "OnnxRuntime", "STTInference", "STTText", "STTValues"],
            swiftSettings: strict),

        // Floor 2: graphs that run faster, from the same weights, and where they are kept.
        .target(name: "STTEncoderCache", dependencies: ["ONNXFile", "OnnxRuntime"], swiftSettings: strict),

        // Floor 4: the library.
        .target(
            name: "GigaSTT",
            dependencies: [
                "STTRecognition", "STTEncoderCache", "STTMedia", "STTInference", "STTText", "STTValues", "OnnxRuntime",
            ],
            resources: [.copy("BuiltInModel")],
            swiftSettings: pointerFree),

        // Floor 4: durable jobs of the server; nothing about speech.
        .target(
            name: "STTJobs",
            dependencies: [
                "CLibPQ",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),

        // Floor 5: the client of model downloads.
        .target(
            name: "GigaSTTDownload",
            dependencies: [
                "STTValues",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),

        // Floor 5: live input from AVFAudio.
        .target(name: "GigaSTTMicrophone", dependencies: ["GigaSTT"], swiftSettings: strict),

        // Floor 5: the server, a thin translation between wire messages and the library's events.
        .target(
            name: "GigaSTTServer",
            dependencies: [
                "GigaSTT", "STTInference", "STTJobs", "STTValues",
                .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            // In the program itself: the server needs no file beside it.
            resources: [
                .embedInCode("Page/index.html"), .embedInCode("Page/page.css"), .embedInCode("Page/page.js"),
                .embedInCode("Page/captions.js"), .embedInCode("Page/reader.js"), .embedInCode("Page/jobs.js"),
                .embedInCode("Page/worklet.js"),
                .embedInCode("Documents/openapi.yaml"), .embedInCode("Documents/asyncapi.yaml"),
            ],
            swiftSettings: strict),

        // Floor 5: the library for C programs.
        .target(
            name: "CInterface", dependencies: ["CGigaSTT", "GigaSTT", "STTEncoderCache", "STTMedia", "STTValues"],
            swiftSettings: strict),

        // What the benchmarks of users and of developers share.
        .target(name: "LiveBenchmark", dependencies: ["GigaSTT"], swiftSettings: strict),

        // Floor 6: programs.
        .executableTarget(
            name: "GigaSTTCommand",
            dependencies: [
                "CAllocator", "GigaSTT", "GigaSTTDownload", "GigaSTTServer", "LiveBenchmark", "OnnxRuntime",
                "STTEncoderCache", "STTMedia", "STTText", "STTValues",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "TOMLKit", package: "TOMLKit"),
            ],
            swiftSettings: pointerFree),
        .executableTarget(
            name: "GigaSTTBench",
            dependencies: [
                "GigaSTT", "LiveBenchmark", "STTEncoderCache", "STTJobs", "STTRecognition", "STTInference", "STTText",
                "ONNXFile", "OnnxRuntime",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),

        // Samples; built with the tests, so that they cannot rot.
        .executableTarget(
            name: "example-transcribe", dependencies: ["GigaSTT"], path: "Examples/Transcribe",
            swiftSettings: strict),
        .executableTarget(
            name: "example-dictation", dependencies: ["GigaSTT", "GigaSTTDownload", "GigaSTTMicrophone"],
            path: "Examples/Dictation",
            swiftSettings: strict),

        // Tests.
        .target(
            name: "TestSupport", dependencies: ["GigaSTT", "ONNXFile", "STTInference", "STTValues"],
            path: "Tests/TestSupport", swiftSettings: strict),
        .target(name: "RandomModels", dependencies: ["ONNXFile"], path: "Tests/RandomModels", swiftSettings: strict),
        .testTarget(
            name: "STTTextTests", dependencies: ["STTText"], exclude: ["numbers.tsv", "Tokenizer"],
            swiftSettings: strict),
        .testTarget(name: "ONNXFileTests", dependencies: ["ONNXFile", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "STTQuantizeTests",
            dependencies: ["STTEncoderCache", "ONNXFile", "OnnxRuntime", "RandomModels", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "STTEncoderCacheTests",
            dependencies: ["STTEncoderCache", "OnnxRuntime", "RandomModels", "TestSupport"],
            swiftSettings: strict),
        .testTarget(name: "OnnxRuntimeTests", dependencies: ["OnnxRuntime", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "STTInferenceTests", dependencies: ["STTInference", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "STTJobsTests",
            dependencies: [
                "STTJobs", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(name: "STTValuesTests", dependencies: ["STTValues", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "STTMediaTests", dependencies: ["STTMedia", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "STTRecognitionTests",
            dependencies: [
                "STTRecognition", "STTInference", "STTText", "STTValues", "ONNXFile", "OnnxRuntime", "TestSupport",
            ],
            exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "GigaSTTTests",
            dependencies: [
                "GigaSTT", "STTText", "STTRecognition", "STTEncoderCache", "STTInference", "OnnxRuntime",
                "RandomModels", "TestSupport",
            ],
            swiftSettings: strict),
        // A second process for the tests of what processes do to one another.
        .executableTarget(
            name: "DownloadProbe", dependencies: ["GigaSTTDownload", "STTValues"], path: "Tests/DownloadProbe",
            swiftSettings: strict),
        .testTarget(
            name: "GigaSTTDownloadTests",
            dependencies: ["GigaSTTDownload", "STTValues", "DownloadProbe", "GigaSTT", "GigaSTTCommand"],
            resources: [.copy("Resources")], swiftSettings: strict),
        .testTarget(
            name: "GigaSTTServerTests",
            dependencies: [
                "GigaSTTServer", "GigaSTT", "GigaSTTCommand", "STTInference", "STTJobs", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ],
            exclude: ["Program/stranger.py", "Program/openai_client.py"], swiftSettings: strict),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "TestSupport", "GigaSTTCommand", "GigaSTTServer", "GigaSTT", "OnnxRuntime", "RandomModels",
                "STTRecognition", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GigaSTTBenchTests",
            dependencies: ["GigaSTT", "GigaSTTBench", "LiveBenchmark", "STTRecognition", "TestSupport"],
            swiftSettings: strict),
    ]
)

// `make sanitize` names the tests that it builds: they and what they depend on, and the library that the snippets use.
if let names = Context.environment["GIGASTT_TEST_TARGETS"] {
    var needed: Set<String> = []
    var waiting = ["GigaSTT"] + names.split(separator: ",").map(String.init)
    while let name = waiting.popLast() {
        guard let target = package.targets.first(where: { $0.name == name }), needed.insert(name).inserted else {
            continue
        }
        for case .byNameItem(let dependency, _) in target.dependencies { waiting.append(dependency) }
    }
    package.targets.removeAll { !needed.contains($0.name) }
    package.products.removeAll { product in
        let targets = (product as? Product.Executable)?.targets ?? (product as? Product.Library)?.targets ?? []
        return !needed.isSuperset(of: targets)
    }
}
