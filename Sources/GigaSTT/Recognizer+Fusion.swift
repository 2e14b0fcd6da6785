import Foundation
import STTRecognition
import STTValues

extension Recognizer {
    /// The files of the head that writes for fusion; `nil` without fusion.
    ///
    /// Throws `invalidOption` beside another head than `rnnt`, and `modelMissing`.
    static func writer(
        _ configuration: RecognizerConfiguration, beside head: RecognitionHead, in folder: ModelFolder
    ) throws(GigaSTTError) -> ModelFiles? {
        guard configuration.fusion else { return nil }
        guard head == .rnnt else {
            throw GigaSTTError(
                .invalidOption,
                "Fusion takes the words from the head rnnt, but \(head.rawValue) is loaded. Load rnnt, or switch fusion "
                    + "off.")
        }
        guard ModelFiles.holdsEncoder(of: .e2eRNNT, in: folder.url) else {
            throw GigaSTTError(
                .modelMissing,
                "Fusion needs the head e2e_rnnt beside rnnt. Run `gigastt download --model-variant e2e_rnnt` for the same "
                    + "folder, or switch fusion off.", detail: folder.url.path)
        }
        return try ModelFiles(in: folder.url, head: .e2eRNNT, prefersFloats: configuration.provider != .cpu)
    }

    /// Whether finals are fused where a text is asked for like this.
    func fuses(_ text: TextFormatting) -> Bool { decoder.canFuse && text.fusion != false }

    /// The calibration that a scale asks for.
    func calibration(_ scale: ConfidenceScale) -> ConfidenceCalibration? { scale == .calibrated ? calibration : nil }
}
