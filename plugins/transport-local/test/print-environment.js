// Prints what a harness would see of the variables that matter.
const {RCH_WORKER_CONFIG, SSH_ORIGINAL_COMMAND, AWS_SECRET_ACCESS_KEY} = process.env
process.stdout.write(
  `RCH_WORKER_CONFIG=${RCH_WORKER_CONFIG} SSH_ORIGINAL_COMMAND=${SSH_ORIGINAL_COMMAND} secret=${AWS_SECRET_ACCESS_KEY}\n`,
)
