import Foundation
import Testing

@testable import OnnxRuntime

@Suite struct OrtLibraryTests {
    #if os(Linux)
        private static let fileName = "libonnxruntime.so"
    #else
        private static let fileName = "libonnxruntime.dylib"
    #endif

    /// Calls `body` with a folder of empty files, which is gone afterwards.
    private func withFolder(_ files: [String], _ body: (URL) throws -> Void) throws {
        let manager = FileManager.default
        let folder = manager.temporaryDirectory.appendingPathComponent("ort-\(UUID().uuidString)")
        defer { try? manager.removeItem(at: folder) }
        for file in files {
            let url = folder.appendingPathComponent(file)
            try manager.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data().write(to: url)
        }
        try body(folder)
    }

    @Test func theVariableIsTheOnlyPlaceWhenItNamesAFile() {
        let path = OrtLibrary.searchPath(setting: "/nowhere/custom.so", executableFolder: URL(fileURLWithPath: "/"))
        #expect(path == ["/nowhere/custom.so"])
    }

    @Test func aFolderInTheVariableStandsForTheLibrariesInIt() throws {
        let files = [
            "libonnxruntime.so", "libonnxruntime.so.1.9.1", "libonnxruntime.so.1.26.0", "libonnxruntime_x.so", "a",
            "libonnxruntime.so.1.26.0.installed",
        ]
        try withFolder(files) { folder in
            let path = OrtLibrary.searchPath(setting: folder.path, executableFolder: URL(fileURLWithPath: "/"))
            #expect(
                path.map { URL(fileURLWithPath: $0).lastPathComponent }
                    == ["libonnxruntime.so.1.26.0", "libonnxruntime.so.1.9.1", "libonnxruntime.so"])
        }
    }

    @Test func aFolderWithoutLibrariesLeavesNothingToTry() throws {
        try withFolder(["readme"]) { folder in
            #expect(OrtLibrary.searchPath(setting: folder.path, executableFolder: folder).isEmpty)
        }
    }

    @Test(arguments: [nil, ""]) func withoutTheVariableTheNearestLibraryComesFirst(setting: String?) throws {
        try withFolder(["bin/libonnxruntime.so.1", "lib/gigastt/libonnxruntime.so.1"]) { folder in
            let path = OrtLibrary.searchPath(
                setting: setting, executableFolder: folder.appendingPathComponent("bin"))
            #expect(
                path.prefix(2) == [
                    folder.appendingPathComponent("bin/libonnxruntime.so.1").path,
                    folder.appendingPathComponent("lib/gigastt/libonnxruntime.so.1").path,
                ])
            #expect(path.suffix(2) == [Self.fileName, "\(Self.fileName).1"])
        }
    }

    @Test func theFrameworkOfAnAppIsFound() throws {
        try withFolder(["Frameworks/onnxruntime.framework/onnxruntime"]) { folder in
            let frameworks = folder.appendingPathComponent("Frameworks")
            let path = OrtLibrary.searchPath(setting: nil, executableFolder: folder, frameworks: frameworks)
            #expect(path.contains(frameworks.appendingPathComponent("onnxruntime.framework/onnxruntime").path))
        }
    }

    /// The program of the tests has no runtime linked in.
    @Test func anEmptyNameIsTheProgramItself() throws {
        let error = try #require(throws: OrtError.self) { try OrtLibrary.load(from: [""]) }
        #expect(error.detail == ": not an ONNX Runtime library")
    }

    @Test func nothingUsableIsOneErrorThatSaysWhyEachPlaceFailed() throws {
        #if os(Linux)
            let other = "libm.so.6"
        #else
            let other = "/usr/lib/libSystem.B.dylib"
        #endif
        try ModelFile.temporary(Data("no library".utf8)) { text in
            let error = try #require(throws: OrtError.self) {
                try OrtLibrary.load(from: ["/nowhere/lib.so", text.path, other])
            }
            #expect(error.code == .libraryMissing)
            #expect(error.message.contains("make setup") && error.message.contains("ONNXRUNTIME_LIB"))
            #expect(!error.message.contains("/nowhere"))
            #expect(error.detail.contains("/nowhere/lib.so: ") && error.detail.contains("\(text.path): "))
            #expect(error.detail.contains("\(other): not an ONNX Runtime library"))
        }
    }

    @Test func noPlaceToLookIsAnErrorToo() throws {
        let error = try #require(throws: OrtError.self) { try OrtLibrary.load(from: []) }
        #expect(error.code == .libraryMissing)
        #expect(error.detail.contains("ONNXRUNTIME_LIB"))
    }

    @Test func theFirstUsableLibraryIsTaken() throws {
        let known = try OrtEnvironment.shared().library
        let library = try OrtLibrary.load(from: ["/nowhere/lib.so", known.path, "/nowhere/other.so"])
        #expect(library.path == known.path)
        #expect(library.version == known.version)
        #expect(library.version.split(separator: ".").count == 3)
    }
}
