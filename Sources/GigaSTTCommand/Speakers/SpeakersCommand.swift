import ArgumentParser
import Foundation
import GigaSTT

/// `gigastt speakers`: the voices by which speakers get names.
struct SpeakersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speakers", abstract: "Voices by which the speakers of recordings get names.",
        discussion: """
            A name identifies a person, so everything here needs --voice-consent: that those who are named have agreed. A \
            voice is stored as numbers that the speaker model made of it, in a file that only its user can read, below \
            --speakers-dir and nowhere else. The recordings are not kept.
            """,
        subcommands: [SpeakersAddCommand.self, SpeakersListCommand.self, SpeakersRemoveCommand.self])
}

/// The folder that each of these commands needs.
extension VoiceOptions {
    func neededStore() throws -> VoiceStore {
        guard let store = try store() else {
            throw ValidationError("name the folder of the voices with --speakers-dir")
        }
        return store
    }
}

/// `gigastt speakers add NAME FILE…`.
struct SpeakersAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a voice known by a name, from recordings of one person.")

    @Argument(help: "The name.")
    var name: String

    @Argument(help: "Recordings in which only this person speaks, with 5 s of speech at least.")
    var files: [String]

    @OptionGroup(title: "Voices") var voices: VoiceOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup var general: GeneralOptions

    func run() async throws {
        general.apply(general)
        let store = try voices.neededStore()
        let name: String
        do {
            name = try VoicePrint.checkedName(self.name)
        } catch {
            throw ValidationError(error.message)
        }
        let known = try VoiceOptions.failing { () throws(GigaSTTError) in try store.voices() }
        if known.contains(where: { $0.print.name == name }) { throw Self.nameTaken }
        let sources = try files.map { try AudioInput(path: $0, headerless: nil).source }
        var loader = try await model.loader(offline: general.isOffline(general))
        loader.configuration.identifiesSpeakers = true
        try await Interruption.cancelling { [loader] in
            let recognizer = try await loader.load()
            if let warning = recognizer.missingSpeakersWarning { throw ExitFailure(message: warning) }
            let voice = try await recognizer.voicePrint(named: name, of: sources)
            guard try VoiceOptions.failing({ () throws(GigaSTTError) in try store.add(voice) }) != nil else {
                throw Self.nameTaken
            }
            Console.note("\(name): \(Int(voice.seconds)) s of speech")
        }
    }

    private static var nameTaken: ExitFailure {
        ExitFailure(message: "There is a voice of that name. Remove it with `gigastt speakers remove` first.")
    }
}

/// `gigastt speakers list`.
struct SpeakersListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Print the names, one a line.")

    @OptionGroup(title: "Voices") var voices: VoiceOptions

    func run() throws {
        let store = try voices.neededStore()
        for voice in try VoiceOptions.failing({ () throws(GigaSTTError) in try store.voices() }) {
            let day = Date(timeIntervalSince1970: voice.created).formatted(.iso8601.year().month().day())
            print("\(voice.print.name)\t\(Int(voice.print.seconds)) s\t\(day)")
        }
        if store.unreadableCount > 0 { Console.warn("\(store.unreadableCount) files are no voices.") }
    }
}

/// `gigastt speakers remove NAME`.
struct SpeakersRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Erase a voice and its file, or all of them.")

    @Argument(help: "The name.")
    var name: String?

    @Flag(help: "Erase all voices.")
    var all = false

    @OptionGroup(title: "Voices") var voices: VoiceOptions

    func validate() throws {
        if (name == nil) == !all { throw ValidationError("give a name, or --all") }
    }

    func run() throws {
        let store = try voices.neededStore()
        let count = try VoiceOptions.failing { () throws(GigaSTTError) in
            guard let name else { return try store.removeAll() }
            let found = try store.voices().filter { $0.print.name == name }
            for voice in found { _ = try store.remove(id: voice.id) }
            return found.count
        }
        if count == 0, name != nil { throw ExitFailure(message: "There is no voice of that name.") }
        Console.note("\(count) removed")
    }
}
