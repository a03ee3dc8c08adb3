// Decisions by the current thresholds, and the order of findings by concern.

// A threshold may be 0.
const SMALLEST = 1e-9;

// A finding decided by the threshold that the user has set for its label, if any.
export function decided(finding, own) {
  if (!own.has(finding.label)) return finding;
  const threshold = own.get(finding.label);
  return { ...finding, threshold, present: finding.probability >= threshold };
}

export function decision({ threshold, present }) {
  // Of exclusive classes the most probable one is present, without a threshold.
  if (threshold === null && present !== null) return present ? "most probable" : "–";
  if (threshold === null) return "not decided";
  return present ? "present" : "not present";
}

// The highest probability relative to its threshold first; labels without a threshold follow, and
// the label for images without findings comes last.
export function ordered(findings, healthy) {
  const weight = ({ label, probability, threshold }) => {
    if (healthy.has(label)) return probability - 3;
    if (threshold === null) return probability - 1;
    return probability / Math.max(threshold, SMALLEST);
  };
  return [...findings].sort((one, other) => weight(other) - weight(one));
}
