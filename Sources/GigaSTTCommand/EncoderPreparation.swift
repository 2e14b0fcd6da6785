import Foundation
import GigaSTT

/// Prepares encoders for this machine, and says so. It never keeps a command from its work: what cannot be prepared runs
/// as it is.
struct EncoderPreparation: Sendable {
    let cache: EncoderCache
    let folder: ModelFolder

    /// Prepares the encoder if that is a matter of seconds; else says what to do.
    ///
    /// Returns whether it is worth preparing while the program runs. Throws `CancellationError`.
    func prepareIfQuick(isLongRunning: Bool) async throws -> Bool {
        // What is wrong with the model is told by whoever loads it.
        let byteCount = (try? cache.preparationSize(for: folder)) ?? nil
        switch PreparationPlan(byteCount: byteCount, isLongRunning: isLongRunning, freeMemory: FreeMemory.now) {
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

extension Recognizer {
    /// `int8` or `float`, and whether the encoder is a prepared one.
    var encoderKind: String {
        let precision = isQuantized ? "int8" : "float"
        return encoderSource == .prepared ? "\(precision), prepared" : precision
    }
}
