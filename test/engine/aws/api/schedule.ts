interface Due {
  /** Milliseconds, by the cloud's clock. */
  at: number;
  run: () => void;
}

/**
 * What the cloud still has to do: an instance that will run, an operation that will have succeeded. Done when its time
 * has come by the clock, at the latest before anybody looks.
 */
export class Schedule {
  readonly now: () => number;
  readonly #done: () => void;
  #due: Due[] = [];

  /** `done` is called after something was done by itself, between requests. */
  constructor(now: () => number, done: () => void) {
    this.now = now;
    this.#done = done;
  }

  after(milliseconds: number, run: () => void): void {
    this.#due.push({ at: this.now() + milliseconds, run });
    // A timer may be early by the part of a millisecond that the clock doesn't show.
    setTimeout(() => {
      if (this.settle()) {
        this.#done();
      }
    }, milliseconds + 1).unref();
  }

  /** Does everything now, as if its time had come. */
  finish(): void {
    for (let next = this.#first(); next !== undefined; next = this.#first()) {
      this.#due = this.#due.filter((due) => due !== next);
      next.run();
    }
  }

  clear(): void {
    this.#due = [];
  }

  /** Does what is due, in its order, and says whether there was anything. */
  settle(): boolean {
    let any = false;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      any = true;
      next.run();
    }
    return any;
  }

  #next(): Due | undefined {
    const first = this.#first();
    if (first === undefined || first.at > this.now()) {
      return undefined;
    }
    this.#due = this.#due.filter((due) => due !== first);
    return first;
  }

  #first(): Due | undefined {
    return this.#due.toSorted((one, other) => one.at - other.at)[0];
  }
}
