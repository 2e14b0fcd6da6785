/// One value for each ``InferenceLane``.
package struct PerLane<Value> {
    /// The value of ``InferenceLane/activity``.
    package var activity: Value
    /// The value of ``InferenceLane/final``.
    package var final: Value
    /// The value of ``InferenceLane/partial``.
    package var partial: Value
    /// The value of ``InferenceLane/file``.
    package var file: Value

    /// Creates the four values.
    package init(activity: Value, final: Value, partial: Value, file: Value) {
        self.activity = activity
        self.final = final
        self.partial = partial
        self.file = file
    }

    /// Creates four equal values.
    package init(repeating value: Value) {
        self.init(activity: value, final: value, partial: value, file: value)
    }

    /// The value of one lane.
    package subscript(lane: InferenceLane) -> Value {
        get {
            switch lane {
            case .activity: activity
            case .final: self.final
            case .partial: partial
            case .file: file
            }
        }
        // In place: a copy of a lane costs as much as the lane is long.
        _modify {
            switch lane {
            case .activity: yield &activity
            case .final: yield &self.final
            case .partial: yield &partial
            case .file: yield &file
            }
        }
    }

    /// The values in the order in which lanes are served.
    package var all: [Value] { [activity, self.final, partial, file] }

    /// The four results of `transform`.
    package func map<Result>(_ transform: (Value) -> Result) -> PerLane<Result> {
        PerLane<Result>(
            activity: transform(activity), final: transform(self.final), partial: transform(partial),
            file: transform(file))
    }
}

extension PerLane: Sendable where Value: Sendable {}
extension PerLane: Equatable where Value: Equatable {}
extension PerLane: Hashable where Value: Hashable {}
