import { defineComponent } from 'vue'
import { markdown } from './markdown'

/** A text in Markdown. */
export default defineComponent({
  props: { text: { type: String, required: true }, links: { type: Boolean, default: true } },
  setup: (props) => () => markdown(props.text, props.links),
})
