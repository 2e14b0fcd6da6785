import Foundation

/// Where the files of this package lie.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let builtInModel = root.appendingPathComponent("Sources/GigaSTT/BuiltInModel")
    static let recordings = root.appendingPathComponent("Demo")
    static let golden = root.appendingPathComponent("Tests/STTRecognitionTests/Golden")
}
