import ArgumentParser
import Foundation

/// A measurement in a process of its own: the peak of a process only grows.
enum OwnProcess {
    /// Runs this program with other arguments and returns the numbers that it prints.
    static func numbers(_ arguments: [String], _ count: Int) throws -> [Double] {
        let process = Process()
        process.executableURL = Bundle.main.executableURL
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let values = output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard values.count == count else { throw ValidationError("the measurement failed: \(output)") }
        return values
    }
}
