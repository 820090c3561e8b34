/**
 * The answer of a report without its marks of what is not over yet. They are of the moment: an hour may end between two
 * looks at the same numbers.
 */
export const withoutMarks = <Answer>(answer: Answer): Answer =>
  JSON.parse(JSON.stringify(answer, (name, value) => (name === 'unfinished' ? undefined : value)));
