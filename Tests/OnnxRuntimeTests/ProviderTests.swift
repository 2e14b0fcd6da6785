import Foundation
import TestSupport
import Testing

@testable import OnnxRuntime

/// Execution providers, and the places of the newer entries in the runtime's table of functions: a wrong place would
/// call something else.
@Suite struct ProviderTests {
    @Test func theProcessorIsAlwaysThere() throws {
        let names = try OrtLibrary.load().availableProviders()
        #expect(names.contains("CPUExecutionProvider"))
        #expect(names.allSatisfy { $0.hasSuffix("ExecutionProvider") })
    }

    @Test func theLibrarySaysHowItWasBuilt() throws {
        #expect(try OrtLibrary.load().buildDescription.hasPrefix("ORT Build Info:"))
    }

    #if os(Linux)
        static let missing: [ExecutionProvider] = [.cuda, .coreML]

        @Test(arguments: missing) func whatTheLibraryLacksIsSaidWithTheWayOut(provider: ExecutionProvider) throws {
            let environment = try OrtEnvironment.shared()
            guard try !environment.library.availableProviders().contains(provider.runtimeName) else { return }
            var options = SessionOptions()
            options.provider = provider
            let error = try #require(throws: OrtError.self) {
                try OrtSession(.bytes(SumGraph.bytes), options: options, in: environment)
            }
            #expect(error.code == .providerMissing)
            #expect(error.message.contains(provider.rawValue))
            #expect(error.message.contains("ONNXRUNTIME_LIB"))
            #expect(error.detail.contains("CPUExecutionProvider"))
        }

        /// The library without CUDA answers the calls of the table itself: each has to be what it is taken for.
        @Test func theEntriesOfProvidersAreWhereTheyAreLookedFor() throws {
            let library = try OrtLibrary.load()
            guard try library.availableProviders() == ["AzureExecutionProvider", "CPUExecutionProvider"] else { return }
            // Of no consequence that it is never released: this process ends with the tests.
            let options = try OrtSession.makeOptions(SessionOptions(), library)
            let calls: [(String, () throws -> Void)] = [
                ("coreml", { try ExecutionProvider.coreML.enable(on: options, of: library) }),
                ("cuda", { try ExecutionProvider.cuda.enable(on: options, of: library) }),
            ]
            for (name, call) in calls {
                let error = try #require(throws: OrtError.self) { try call() }
                #expect(error.detail.lowercased().contains(name), "\(error.detail)")
            }
        }
    #endif

    @Test func theOptimisedGraphIsWritten() throws {
        let folder = try TemporaryFolder()
        var options = SessionOptions()
        options.optimizedModel = folder.path("optimised.onnx")
        let environment = try OrtEnvironment.shared()
        _ = try OrtSession(.bytes(SumGraph.bytes), options: options, in: environment)
        let session = try OrtSession(.file(folder.path("optimised.onnx")), in: environment)
        #expect(!session.outputs.isEmpty)
    }
}
