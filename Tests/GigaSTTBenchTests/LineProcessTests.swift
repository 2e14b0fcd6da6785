import Foundation
import Testing

@testable import GigaSTTBench

/// Programs that answer lines, and those that do not.
@Suite struct LineProcessTests {
    @Test func eachLineIsAnsweredByTheNext() throws {
        let process = try LineProcess(URL(fileURLWithPath: "/bin/cat"), [])
        for line in ["один", "", "два\u{0}"] {
            try process.send(line)
            #expect(try process.answer(within: .seconds(60)) == Data(line.utf8))
        }
        // Two that came at once are still two.
        try process.send("a\nb")
        #expect(try process.answer(within: .seconds(60)) == Data("a".utf8))
        #expect(try process.answer(within: .seconds(60)) == Data("b".utf8))
    }

    @Test func whatDoesNotAnswerIsEnded() throws {
        let process = try LineProcess(URL(fileURLWithPath: "/bin/cat"), [])
        let failure = #expect(throws: LineProcess.Failure.self) { try process.answer(within: .milliseconds(1)) }
        #expect(failure?.description == "did not answer in time")
        process.end()
    }

    @Test func aProgramThatEndsWithoutAnAnswerIsAFailure() throws {
        let process = try LineProcess(URL(fileURLWithPath: "/usr/bin/env"), ["true"])
        #expect(throws: LineProcess.Failure.self) { try process.answer(within: .seconds(60)) }
        // What is written to it does not end us.
        for _ in 0..<100 { try? process.send("anything") }
    }

    @Test func variablesAreAddedToOurs() throws {
        let shell = URL(fileURLWithPath: "/bin/sh")
        let process = try LineProcess(shell, ["-c", "echo $PATH:$ADDED"], environment: ["ADDED": "yes"])
        let path = try #require(ProcessInfo.processInfo.environment["PATH"])
        #expect(try process.answer(within: .seconds(60)) == Data("\(path):yes".utf8))
    }
}
