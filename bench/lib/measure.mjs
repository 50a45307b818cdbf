// What every measurement needs: contestants take turns in a new random order, so that load on the machine hits all
// alike; of what each took, the median counts.

export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** The same values in a new random order. */
export function shuffled(values) {
  const left = [...values];
  return values.map(() => left.splice(Math.floor(Math.random() * left.length), 1)[0]);
}
