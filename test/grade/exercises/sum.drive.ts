// Runs beside the learner's code: calls it twice, with a little time between.
interface Sum {
  sum(list: number[]): number;
}

export async function twice(learner: Sum, list: number[]): Promise<number[]> {
  const first = learner.sum(list);
  await new Promise((resolve) => setTimeout(resolve, 30));
  return [first, learner.sum(list)];
}
