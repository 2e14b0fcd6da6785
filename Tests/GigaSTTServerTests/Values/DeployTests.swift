import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// The dashboard and the alert rules are of use only while they name what the server tells.
@Suite struct DeployTests {
    /// Every name that the server tells, without the model, which changes none.
    private var families: [String: MetricFamily.Kind] {
        let metrics = ServerMetrics()
        metrics.sample(
            ServerState(ServerSettings(), notifier: nil, onListening: { _ in }, onReady: { _ in }),
            Budget(BudgetLimits()), version: "1")
        // The engine's families are there without an engine, too: without samples.
        let all = metrics.registry.families + EngineMetrics(nil).families
        return Dictionary(all.map { ($0.name, $0.kind) }) { first, _ in first }
    }

    private func file(_ name: String) throws -> Data {
        try Data(contentsOf: Recordings.root.appendingPathComponent("Deploy/\(name)"))
    }

    /// The names of metrics in a text; of a histogram the samples have endings of their own.
    private func names(_ text: String) throws -> Set<String> {
        let pattern = try Regex("(gigastt|process)_[a-z_]+")
        return Set(
            text.matches(of: pattern).map { match in
                let name = String(text[match.range])
                for ending in ["_bucket", "_sum", "_count"] where name.hasSuffix(ending) {
                    let family = String(name.dropLast(ending.count))
                    if families[family] == .histogram { return family }
                }
                return name
            })
    }

    @Test(arguments: ["alerts.yml", "grafana-dashboard.json"]) func everyNameIsToldByTheServer(name: String) throws {
        let used = try names(String(decoding: file(name), as: UTF8.self))
        #expect(used.count > 5)
        #expect(used.subtracting(families.keys) == [])
    }

    @Test func dashboardIsAnObjectWhosePanelsHaveQueries() throws {
        let object = try #require(
            try JSONSerialization.jsonObject(with: file("grafana-dashboard.json")) as? [String: Any])
        let panels = try #require(object["panels"] as? [[String: Any]])
        #expect(panels.count > 5)
        for panel in panels {
            let targets = panel["targets"] as? [[String: Any]] ?? []
            #expect(!targets.isEmpty && targets.allSatisfy { ($0["expr"] as? String)?.isEmpty == false })
        }
        #expect(Set(panels.compactMap { $0["id"] as? Int }).count == panels.count)
    }

    @Test func everyMetricIsExplained() throws {
        let folder = Recordings.root.appendingPathComponent("docs")
        let pages = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let text = try pages.filter { $0.pathExtension == "md" }.map { try String(contentsOf: $0, encoding: .utf8) }
            .joined()
        for name in families.keys { #expect(text.contains("`\(name)`")) }
    }
}
