import Foundation

/// A program of the system that some tests need.
public enum Tool {
    /// Whether a test that needs the program at `path` runs: where it is installed. With `GIGASTT_TEST_REQUIRE_ALL=1`, as
    /// in continuous integration, it always runs, so that a missing tool is a failure.
    public static func isRequiredOrInstalled(_ path: String) -> Bool {
        ProcessInfo.processInfo.environment["GIGASTT_TEST_REQUIRE_ALL"] == "1"
            || FileManager.default.isExecutableFile(atPath: path)
    }
}
