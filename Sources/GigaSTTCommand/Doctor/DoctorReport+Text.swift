import Foundation

extension DoctorReport {
    /// One screen for people.
    var text: String {
        let rows: [(String, String)] = [
            ("gigastt", version),
            ("System", "\(system), \(architecture)"),
            (
                "Processor",
                "\(coreCount) cores\(instructions.isEmpty ? "" : ": ")\(instructions.joined(separator: " "))"
            ),
            (
                "Memory",
                availableMemory.map { String(format: "%.1f GiB available", Double($0) / 1_073_741_824) } ?? "unknown"
            ),
            ("ONNX Runtime", runtime.map { "\($0.version), \($0.path)" } ?? "not found"),
            (
                "FFmpeg",
                ffmpeg.map { "libavformat \($0.libavformat), libavcodec \($0.libavcodec), libavutil \($0.libavutil)" }
                    ?? "not found"
            ),
            ("Model", modelText),
            ("Provider", provider),
            ("Speed", speedText),
            ("Settings", variables.isEmpty ? "none in the environment" : variables.joined(separator: " ")),
        ]
        let lines = rows.map { $0.0.padding(toLength: 14, withPad: " ", startingAt: 0) + $0.1 }
        let advice = findings.map { "\($0.isProblem ? "Problem" : "Remark"): \($0.message)\n  \($0.action)" }
        return (lines + [""] + (isSound ? ["No problem was found."] : []) + advice).joined(separator: "\n")
    }

    private var modelText: String {
        let place = model.folder ?? "built in"
        guard let name = model.name, let head = model.head, let precision = model.precision else {
            return "\(place): cannot be used"
        }
        let kernels = model.kernels.map { ", \($0) kernels" } ?? ""
        let form = model.isPrepared ? "\(precision), prepared\(kernels)" : precision
        return "\(place): \(name), head \(head), \(form)\(model.addsPunctuation ? ", punctuation model" : "")"
    }

    private var speedText: String {
        guard let speed else { return "not measured" }
        return String(
            format: "%.0f times real time (RTF %.4f), %d threads", 1 / speed.realTimeFactor, speed.realTimeFactor,
            speed.threadCount)
    }

    /// One object for programs.
    func json() throws -> String {
        struct Line: Encodable {
            let report: DoctorReport
            private enum CodingKeys: CodingKey { case findings, isSound }

            func encode(to encoder: any Encoder) throws {
                try report.encode(to: encoder)
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(report.findings, forKey: .findings)
                try container.encode(report.isSound, forKey: .isSound)
            }
        }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(Line(report: self)), as: UTF8.self)
    }
}
