/* @ in the composer: the people, agents and tools that a message can name. */
import { insert, Listbox } from "./listbox.js";

const AT = /(?<![\p{L}\p{N}_/.+-])@([^@\n]{0,60})$/u; // as chats/replies/mentions.py: at a word's beginning
const area = document.getElementById("composer-text");
const list = document.getElementById("mentions"); // where there is something to name

if (list) new Listbox(area, list, AT, (option, start, end) => insert(area, `@${option.dataset.name} `, start, end));
