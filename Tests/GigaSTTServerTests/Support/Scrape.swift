@testable import GigaSTTServer

/// The page of the metrics as a scraper got it: each sample by what stands before its value.
struct Scrape {
    let text: String
    let samples: [String: Double]

    /// Scrapes on a connection of its own.
    init(_ address: ServerAddress) async throws {
        var client = try await WireClient(port: address.metricsPort ?? 0)
        self.init(text: try await client.request("GET", "/metrics").body)
        await client.leave()
    }

    /// The metrics of a server that may listen no more.
    init(_ server: Server) { self.init(text: PrometheusText.render(server.metrics.registry.families)) }

    private init(text: String) {
        self.text = text
        var samples: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " ") else { continue }
            samples[String(line[..<space])] = Double(line[line.index(after: space)...])
        }
        self.samples = samples
    }

    subscript(name: String) -> Double? { samples[name] }

    /// The samples of which the name contains `part`.
    func holds(_ part: String) -> Bool { samples.keys.contains { $0.contains(part) } }

    /// Scrapes until `condition` holds: what a connection leaves behind is counted a moment after its client has
    /// seen the end.
    static func until(_ address: ServerAddress, _ condition: (Scrape) -> Bool) async throws -> Scrape {
        while true {
            let scrape = try await Scrape(address)
            if condition(scrape) { return scrape }
        }
    }
}
