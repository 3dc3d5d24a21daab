/** What the platform has of clocks and randomness, by global and method. */
const QUESTIONS = [
  ['Date', 'now'],
  ['Math', 'random'],
  ['performance', 'now'],
] as const;

type Place = Record<string, unknown>;

/** Watches for questions to the machine's clock and randomness; the result ends it and tells what was asked. */
export function watchAmbient(): () => readonly string[] {
  const asked: string[] = [];
  const restore = [...QUESTIONS.map(([name, method]) => watchMethod(name, method, asked)), watchConstruction('Date', asked)];
  return () => {
    for (const each of restore.reverse()) each();
    return asked;
  };
}

function watchMethod(name: string, method: string, asked: string[]): () => void {
  const place = (globalThis as unknown as Record<string, Place>)[name]!;
  const own = Object.getOwnPropertyDescriptor(place, method);
  const real = place[method] as () => unknown;
  const watched = (): unknown => {
    asked.push(`${name}.${method}()`);
    return real.call(place);
  };
  Object.defineProperty(place, method, { value: watched, configurable: true, writable: true });
  return () => void (own === undefined ? Reflect.deleteProperty(place, method) : Object.defineProperty(place, method, own));
}

/** `new Date()` and `Date()` ask for the time, `new Date(0)` does not. */
function watchConstruction(name: string, asked: string[]): () => void {
  const world = globalThis as unknown as Place;
  const real = world[name] as DateConstructor;
  const note = (): void => void asked.push(`new ${name}()`);
  world[name] = new Proxy(real, {
    construct(target, values, as): object {
      if (values.length === 0) note();
      return Reflect.construct(target, values, as) as object;
    },
    apply(target, self, values): unknown {
      note();
      return Reflect.apply(target, self, values);
    },
  });
  return () => {
    world[name] = real;
  };
}
