/** Messages that an operator meets in the same place. */
export interface Topic {
  title: string;
  /** Where these messages stand: a sentence. */
  where: string;
  messages: readonly Message[];
}

export interface Message {
  /** As it is read, with `…` for what differs from case to case. */
  message: string;
  /** The literal in the sources, if `message` fills in some of its `${…}`. */
  source?: string;
  meaning: string;
  fix: string;
}
