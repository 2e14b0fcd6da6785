import Foundation
import GigaSTT

/// Prepares encoders for this machine and prints the outcome. A failure is not an error: the original encoder is used.
struct EncoderPreparation: Sendable {
    let cache: EncoderCache
    let folder: ModelFolder

    /// Prepares the encoder if that takes seconds; otherwise prints what to do.
    ///
    /// Returns whether it is worth preparing while the program runs. Throws `CancellationError`.
    func prepareIfQuick(isLongRunning: Bool) async throws -> Bool {
        // Errors of the model are reported when it is loaded.
        let byteCount = (try? cache.preparationSize(for: folder)) ?? nil
        switch PreparationPlan(byteCount: byteCount, isLongRunning: isLongRunning, freeMemory: FreeMemory.now) {
        case .nothing: return false
        case .meanwhile: return true
        case .first: try await run()
        case .advise: Console.note("`gigastt download` prepares this model for this machine, so that it runs faster.")
        }
        return false
    }

    /// Prepares the encoder, however long it takes. Throws `CancellationError`.
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
    /// `int8` or `float`, whether the encoder is a prepared one, and the kernels that run it.
    var encoderKind: String {
        let precision = isQuantized ? "int8" : "float"
        let kernels = encoderKernels.map { ", \($0) kernels" } ?? ""
        return encoderSource == .prepared ? "\(precision), prepared\(kernels)" : precision
    }
}
