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
        .executable(name: "gigastt", targets: ["GigaSTTCommand"]),
        .executable(name: "gigastt-bench", targets: ["GigaSTTBench"]),
    ],
    dependencies: [
        // Used by the programs only: an app that imports GigaSTT compiles none of it.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // Floor 0: C. Each has exactly one Swift importer.
        .target(name: "COnnxRuntime", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "CMedia", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),

        // Floor 1: nothing about speech, or nothing but words.
        .target(name: "OnnxRuntime", dependencies: ["COnnxRuntime"], swiftSettings: strict),
        .target(name: "STTInference", swiftSettings: pointerFree),
        .target(name: "STTValues", swiftSettings: pointerFree),

        // Floor 2: samples.
        .target(name: "STTFeatures", swiftSettings: strict),
        .target(name: "STTMedia", dependencies: ["CMedia"], swiftSettings: strict),

        // Floor 3: recognition.
        .target(
            name: "STTRecognition",
            dependencies: ["OnnxRuntime", "STTInference", "STTFeatures", "STTValues"],
            swiftSettings: strict),

        // Floor 4: the library.
        .target(
            name: "GigaSTT",
            dependencies: ["STTRecognition", "STTMedia", "STTInference", "STTFeatures", "STTValues", "OnnxRuntime"],
            resources: [.copy("BuiltInModel")],
            swiftSettings: pointerFree),

        // Floor 5: the only network client.
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

        // What the benchmarks of users and of developers share.
        .target(name: "LiveBenchmark", dependencies: ["GigaSTT"], swiftSettings: strict),

        // Floor 6: programs.
        .executableTarget(
            name: "GigaSTTCommand",
            dependencies: [
                "GigaSTT", "GigaSTTDownload", "LiveBenchmark",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: pointerFree),
        .executableTarget(
            name: "GigaSTTBench",
            dependencies: [
                "GigaSTT", "LiveBenchmark", "STTRecognition", "STTFeatures", "STTInference", "OnnxRuntime",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Samples; built with the tests, so that they cannot rot.
        .executableTarget(
            name: "example-transcribe", dependencies: ["GigaSTT"], path: "Examples/Transcribe",
            swiftSettings: strict),
        .executableTarget(
            name: "example-dictation", dependencies: ["GigaSTT"], path: "Examples/Dictation",
            swiftSettings: strict),

        // Tests.
        .target(
            name: "TestSupport", dependencies: ["GigaSTT", "STTValues"], path: "Tests/TestSupport",
            swiftSettings: strict),
        .testTarget(name: "OnnxRuntimeTests", dependencies: ["OnnxRuntime", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "STTInferenceTests", dependencies: ["STTInference"], swiftSettings: strict),
        .testTarget(name: "STTValuesTests", dependencies: ["STTValues"], swiftSettings: strict),
        .testTarget(name: "STTFeaturesTests", dependencies: ["STTFeatures"], swiftSettings: strict),
        .testTarget(name: "STTMediaTests", dependencies: ["STTMedia"], swiftSettings: strict),
        .testTarget(
            name: "STTRecognitionTests",
            dependencies: ["STTRecognition", "STTFeatures", "STTInference", "STTValues", "OnnxRuntime", "TestSupport"],
            exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "GigaSTTTests",
            dependencies: ["GigaSTT", "STTRecognition", "STTInference", "TestSupport"], swiftSettings: strict),
        // A second process for the tests of what processes do to one another.
        .executableTarget(
            name: "DownloadProbe", dependencies: ["GigaSTTDownload", "STTValues"], path: "Tests/DownloadProbe",
            swiftSettings: strict),
        .testTarget(
            name: "GigaSTTDownloadTests",
            dependencies: ["GigaSTTDownload", "STTValues", "DownloadProbe", "GigaSTTCommand"],
            resources: [.copy("Resources")], swiftSettings: strict),
        .testTarget(
            name: "CommandLineTests", dependencies: ["TestSupport", "GigaSTTCommand"], swiftSettings: strict),
    ]
)
