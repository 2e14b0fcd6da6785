import Foundation
import GigaSTT

/// Prepares encoders for this machine, and says so. It never keeps a command from its work: what cannot be prepared runs
/// as it is.
struct EncoderPreparation: Sendable {
    let cache: ModelCache
    let folder: ModelFolder

    /// Prepares the encoder if that is a matter of seconds; else says what to do.
    ///
    /// Returns whether it is worth preparing while the program runs. Throws `CancellationError`.
    func runFirst(runsOn: Bool = false) async throws -> Bool {
        // What is wrong with the model is told by whoever loads it.
        let byteCount = (try? cache.unpreparedByteCount(of: folder)) ?? nil
        switch PreparationPlan(byteCount: byteCount, runsOn: runsOn, freeMemory: FreeMemory.now) {
        case .nothing: return false
        case .meanwhile: return true
        case .first: try await run()
        case .advise: Console.note("`gigastt download` prepares this model for this machine, so that it runs faster.")
        }
        return false
    }

    /// Prepares the encoder whatever it takes. Throws `CancellationError`.
    func run() async throws {
        let line = ProgressLineOnTerminal("Preparing the encoder for this machine, once")
        do {
            let outcome = try await cache.prepare(folder) { line.show($0) }
            line.end()
            switch outcome {
            case .made: Console.note("The encoder is prepared for this machine.")
            case .repaired(let reason): Console.note("A prepared encoder was damaged and was made again. (\(reason))")
            case .busy: Console.note("Another gigastt is preparing an encoder.")
            case .present, .unsuitable: break
            }
        } catch let error as GigaSTTError {
            line.end()
            Console.note("The encoder was not prepared: \(error.message)")
            if !error.detail.isEmpty { Console.note("  (\(error.detail))") }
        }
    }
}

extension RecognizerConfiguration {
    /// Loads a model, after preparing its encoder if that is a matter of seconds, and says which one it is.
    ///
    /// Returns also whether the encoder is worth preparing while the program runs on. Throws `GigaSTTError` or
    /// `CancellationError`.
    func load(
        _ folder: ModelFolder, named name: String, runsOn: Bool = false
    ) async throws -> (recognizer: Recognizer, isWorthPreparing: Bool) {
        let isWorthPreparing = try await preparation(of: folder)?.runFirst(runsOn: runsOn) ?? false
        let recognizer = try await Recognizer(folder, configuration: self)
        if case .discarded(let reason) = recognizer.preparation {
            Console.note("A prepared encoder was damaged and was removed; the model's own is used. (\(reason))")
        }
        let precision = recognizer.isQuantized ? "int8" : "float"
        let kind = recognizer.preparation == .used ? "\(precision), prepared" : precision
        Console.note("Model: \(name) (\(recognizer.head.rawValue), \(kind))")
        return (recognizer, isWorthPreparing)
    }

    /// What prepares the encoder of `folder`; `nil` when a recognizer would not use it.
    func preparation(of folder: ModelFolder) -> EncoderPreparation? {
        provider == .cpu ? cache.map { EncoderPreparation(cache: $0, folder: folder) } : nil
    }
}
