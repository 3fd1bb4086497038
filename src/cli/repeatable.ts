/** For an option that may be given several times: all its values, in order. */
export const collect = (value: string, all: string[] = []): string[] => [...all, value];
