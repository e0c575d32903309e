// What is not recorded. Decided here, before an event is made: what never leaves the page needs no redaction later.
import type { Options } from "./options";

const BLOCK = '[data-replayreel="block"]';
const IGNORE = '.rr-ignore, [data-replayreel="ignore"]';
const MASK = '.rr-mask, [data-replayreel="mask"]';
/** Fields that are no form's: what is typed there is the page's text. */
const EDITABLE = '[contenteditable]:not([contenteditable="false" i]), [role="textbox"], textarea';
/** Names of fields that are secret also where a site shows the others. */
const SECRET = /passw|passcode|pwd|secret|\bpin\b|otp|one-?time|cvc|cvv|cc-|card-?num|\biban\b|\bssn\b|token/i;
/** Their value is a caption. */
const BUTTONS = /^(submit|button|reset|image)$/;
const STARS = "********";

export class Privacy {
  /** Fields that were passwords once: a button may have made them show their text. */
  private readonly passwords = new WeakSet<Element>();

  constructor(private readonly options: Options) {}

  get blockSelector(): string {
    return join(BLOCK, this.options.block);
  }

  get ignoreSelector(): string {
    return join(IGNORE, this.options.ignore);
  }

  get maskTextSelector(): string {
    return join(MASK, this.options.maskInputs ? EDITABLE : undefined, this.options.maskText);
  }

  /** rrweb asks this for every field, as all kinds are named in its options. */
  field = (value: string, element: Element): string => {
    const type = (element.getAttribute("type") ?? "").toLowerCase();
    if (BUTTONS.test(type)) return value;
    if (!value) return "";
    if (this.isSecret(element, type)) return STARS;
    if (matches(element, this.ignoreSelector)) return "";
    const masked = this.options.maskInputs || type === "hidden" || matches(element, this.maskTextSelector);
    return masked ? "*".repeat(value.length) : value;
  };

  /** Without query and fragment; a fragment that is a route (`#/orders/7`) is kept up to its query. */
  url = (address: string): string => {
    if (this.options.keepQuery) return address;
    const [before, fragment] = split(address, "#");
    const route = /^!?\//.test(fragment) ? `#${split(fragment, "?")[0]}` : "";
    return split(before, "?")[0].replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, "$1") + route;
  };

  /** The same for each address in a text. */
  text = (text: string): string => (this.options.keepQuery ? text : text.replace(/\b(?:https?|wss?):\/\/[^\s"'<>)\]}]+/gi, this.url));

  /**
   * rrweb masks the value that a field has; where a person emptied it, the attribute that it once began with is left, and that is recorded as it is.
   * `node` is an element of a snapshot, `element` the page's own.
   */
  scrub(node: { attributes: Record<string, unknown> }, element: Element | null): void {
    const { value } = node.attributes;
    if (typeof value !== "string" || !value) return;
    if (!element) node.attributes.value = STARS;
    else if (!(element as HTMLInputElement).value) node.attributes.value = this.field(value, element);
  }

  private isSecret(element: Element, type: string): boolean {
    if (type === "password" || element.hasAttribute("data-rr-is-password")) this.passwords.add(element);
    if (this.passwords.has(element)) return true;
    return ["autocomplete", "name", "id"].some((name) => SECRET.test(element.getAttribute(name) ?? ""));
  }
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + 1)];
}

function join(...selectors: (string | undefined)[]): string {
  return selectors.filter(Boolean).join(", ");
}

function matches(element: Element, selector: string): boolean {
  try {
    return element.closest(selector) !== null;
  } catch {
    // A selector that no browser reads would show everything that it was to hide.
    return true;
  }
}
