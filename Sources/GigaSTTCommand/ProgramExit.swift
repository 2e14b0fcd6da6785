import ArgumentParser
import Foundation
import GigaSTT
import GigaSTTDownload
import GigaSTTServer

/// How the program ends after an error: the one table from errors to sentences and exit codes.
enum ProgramExit {
    private static let runtimeError: Int32 = 1
    private static let usageError: Int32 = 2

    static func leave(after error: any Error, of command: any ParsableCommand.Type) -> Never {
        if let signal = error as? SignalReceived {
            Console.fail(signal.message)
            exit(128 + signal.number)
        }
        // The command has printed why.
        if let code = error as? ExitCode { exit(code.rawValue) }
        switch Gigastt.exitCode(for: error) {
        case .success:  // --help and --version
            print(Gigastt.message(for: error))
            exit(0)
        case .validationFailure:
            Console.fail(usageMessage(for: error, of: command))
            exit(usageError)
        default:
            Console.fail("Error: \(sentence(for: error))")
            exit(code(for: error))
        }
    }

    /// The message with the usage. An error of a command that runs names it without the commands that it is part of.
    static func usageMessage(for error: any Error, of command: any ParsableCommand.Type) -> String {
        let message = command.fullMessage(for: error)
        let names = path(to: command, below: [Gigastt.self]) ?? []
        guard names.count > 1, let name = names.last else { return message }
        let whole = names.joined(separator: " ")
        return message.replacing("Usage: \(name) ", with: "Usage: \(whole) ", maxReplacements: 1)
            .replacing("See '\(name) ", with: "See '\(whole) ", maxReplacements: 1)
    }

    /// The names on the way to a command.
    private static func path(
        to command: any ParsableCommand.Type, below commands: [any ParsableCommand.Type]
    ) -> [String]? {
        for candidate in commands {
            let name = candidate.configuration.commandName ?? "\(candidate)"
            if candidate == command { return [name] }
            if let rest = path(to: command, below: candidate.configuration.subcommands) { return [name] + rest }
        }
        return nil
    }

    /// The codes of `sysexits.h` for a download, by which scripts decide whether to retry.
    private static func code(for error: any Error) -> Int32 {
        switch (error as? DownloadError)?.code {
        case .checksum: 65
        case .network: 69
        case .disk: 74
        default: runtimeError
        }
    }

    /// The message on the console, which may hold paths: its reader is the operator.
    static func sentence(for error: any Error) -> String {
        switch error {
        case let error as GigaSTTError:
            error.detail.isEmpty ? error.message : "\(error.message)\n  (\(error.detail))"
        case let error as DownloadError: error.operatorMessage
        case let error as ServerError: error.message
        case let error as ExitFailure: error.message
        case let error as SystemFailure: error.reason
        default: error.localizedDescription
        }
    }
}

/// A failure of the program itself, such as an output file that cannot be written.
struct ExitFailure: Error {
    let message: String
}
