import ArgumentParser
import CAllocator

/// The program `gigastt`.
@main
struct Gigastt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gigastt",
        abstract: "Private speech-to-text for Russian, on this machine.",
        discussion: "Everything is recognised here; audio never leaves the machine.",
        version: "gigastt \(version)",
        subcommands: [
            ServeCommand.self, TranscribeCommand.self, TranscribeBatchCommand.self, WatchCommand.self,
            ListenCommand.self, BenchCommand.self, DownloadCommand.self,
            VerifyCommand.self,
            QuantizeCommand.self, CacheGCCommand.self, NormalizeCommand.self, CaptionsCommand.self,
            DoctorCommand.self, SpeakersCommand.self,
        ])

    static let version = "3.0.0"

    @Flag(name: .customShort("V"), help: "Show the version.")
    var showsVersion = false

    @OptionGroup var general: GeneralOptions

    func validate() throws {
        if showsVersion { throw CleanExit.message(Self.configuration.version) }
    }

    func run() async throws { throw ValidationError("Name a command, such as `gigastt transcribe FILE`.") }

    static func main() async {
        var named: any ParsableCommand.Type = Gigastt.self
        do {
            var command = try parseAsRoot(ArgumentBytes.arguments)
            named = type(of: command)
            // Words of hours are kept beside what each utterance needs; in a server this would cost time for nothing.
            if command is TranscribeCommand || command is TranscribeBatchCommand || command is WatchCommand {
                c_allocator_map_large_blocks()
            }
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            ProgramExit.leave(after: error, of: named)
        }
    }
}
