// Findings by the thresholds that are chosen now, and in order of concern.

// A threshold may be 0.
const SMALLEST = 1e-9;

// A finding by its label's own threshold, where somebody has chosen one.
export function judged(finding, own) {
  if (!own.has(finding.label)) return finding;
  const threshold = own.get(finding.label);
  return { ...finding, threshold, present: finding.probability >= threshold };
}

export function decision({ threshold, present }) {
  if (threshold === null) return "not decided";
  return present ? "present" : "not present";
}

// The highest probability against its threshold first; labels without a threshold come after
// those with one, and the label that says nothing was found comes last.
export function ordered(findings, healthy) {
  const weight = ({ label, probability, threshold }) => {
    if (healthy.has(label)) return probability - 3;
    if (threshold === null) return probability - 1;
    return probability / Math.max(threshold, SMALLEST);
  };
  return [...findings].sort((one, other) => weight(other) - weight(one));
}
